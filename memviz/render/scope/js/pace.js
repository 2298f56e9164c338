// How long a page rests between two pictures of a training that runs beside it on the same processor.

const SHARE = 10; // a picture that took a second to draw is followed by none for ten ...
const MOST = 250; // milliseconds; ... but four pictures a second stay
const BEGINNING = 2; // seconds of training in which a small network learns all: they are shown as fast as they can be

/** The milliseconds to rest after a picture that took so many milliseconds to draw. Pure. */
export function restAfter(drawing, status) {
  return (status?.seconds ?? 0) < BEGINNING ? 0 : Math.min(MOST, SHARE * drawing);
}
