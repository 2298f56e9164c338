// How long a page rests between two pictures of a training that runs flat out beside it, maybe on the same processor.

const TIMES = 15; // a picture that took a second to draw is followed by none for fifteen ...
const MOST = 300; // milliseconds; ... but three pictures a second stay
const BEGINNING = 2; // seconds of training in which a small network learns all: they are shown as fast as they can be

/** The milliseconds to rest after a picture that took so many milliseconds to draw. Pure. */
export function restAfter(drawing, status) {
  const flatOut = status?.state === "training" && (status.speed ?? null) === null;
  return flatOut && status.seconds >= BEGINNING ? Math.min(MOST, TIMES * drawing) : 0;
}
