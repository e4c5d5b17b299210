// Values that report/video_page.py, report/figures.py and report/track_values.py write for the scripts of a video page.
// Times are seconds since the first frame, shares are 0 to 1.

import type { Clothes } from "../common/clothes.js";
import type { Box } from "../player/boxes.js";
import type { Region } from "../player/regions.js";

export interface Figure {
  data: any[];
  layout: any;
}

export type Gap = [start: number, end: number, label: string];
export type Action = [start: number, end: number, look: number, share: number | null, why: string];
export type Poor = [start: number, end: number, why: string];
export type Body = [
  t: number,
  address: string | null,
  quality: number,
  reasons: string[],
  height: number, // px in the recording
];
export type Face = [t: number, address: string | null, quality: number, reasons: string[]];
export type Said = [expression: number, share: number, action: number]; // -1 for none

/** The block "data" of the page. */
export interface VideoData {
  page: string; // address of this page before "track=", "#" in a report of many files
  origin: number; // wall time of the first frame, ms since 1970; of any day where unknown
  clock: boolean; // whether the wall time is known
  corrected: boolean; // whether the camera file corrects it
  shift: number | null; // ms from the stored clock to the corrected one
  steps: [t: number, ms: number, rate: number][]; // where the clock departs from origin + t
  told: string; // which clock it is, in words
  duration: number;
  rate: number; // frames per second
  size: [width: number, height: number]; // px
  gaps: Gap[];
  off: { emotion?: string; action?: string; identify?: string }; // why it was switched off
  pictureless: string; // why a track has no picture
  emotions: string[];
  colours: Record<string, string>; // by expression
  actions: ActionLook[];
  lanes: string[]; // actions of the strip, from below
  overview: Figure;
  presence: Figure;
  mix: Figure | null;
  track: Figure;
  tracks: Track[]; // at least one
  events: VideoEvent[]; // by start
  first: { track: string; t: number }; // where the page opens
  pieces: Piece[];
  regions: Region[]; // of the camera
  camera: string; // "" where none is known
  file: string; // name of the recording
}

export interface ActionLook {
  name: string;
  letter: string;
  kind: "outline" | "solid";
  colour: string;
}

export interface Track {
  name: string;
  part: string; // key of the Series of some tracks by name, this one among them
  start: number;
  end: number;
  best: number; // time of its best picture
  status: string;
  person: string | null;
  group: string | null; // of similar appearance
  known: boolean; // whether the person is of the gallery
  colour: string;
  picture: string | null; // of the face
  body: string | null;
  clothes: Clothes;
  emotion: string | null;
  share: number | null; // of the assessed faces with that expression
  assessed: number | null; // share of the faces
  actions: [label: string, share: number][];
  seen: number; // samples
  faces: number; // samples with a face
  presence: [number, number][];
  face: [number, number][];
  events: number;
  candidate: Candidate | null;
}

export interface Candidate {
  person: string;
  distance: number;
  threshold: number;
  margin: number | null;
  probability: string | null;
  rate: string | null;
  accepted: boolean;
  lead: boolean; // whether the track is filed under the person
  reason: string | null;
  review: string | null;
  picture: string | null;
}

export interface VideoEvent {
  name: string;
  kind: string;
  words: string;
  told: string; // a sentence
  start: number;
  end: number;
  tracks: string[]; // none for what concerns the picture
  level: "alarm" | "to check";
}

export interface Piece {
  start: number;
  end: number;
  src: string;
  boxes: string; // key of its TrackBoxes by track
}

/** What is loaded of a track, with those of other tracks. */
export interface Series {
  smooth: Samples;
  raw: Samples;
  usual?: { p: number[] | null; why: string } | null; // null where no face was seen
  insufficient: Poor[];
  actions: Action[];
  faces: Face[];
  bodies: Body[];
  similar: Similar[];
  why?: Why | null;
}

/** What the answer for the best stored face rests on. */
export interface Why {
  t: number;
  emotion: number; // place of the expression
  p: number;
  grid: number[][]; // fall of the log-odds when a patch is hidden
  at: number[]; // from px of the chip to px of the picture, as setTransform takes it
}

/** A track of similar appearance, a weaker lead than a candidate. */
export interface Similar {
  name: string;
  place: string; // "" for this video
  href: string;
  body: string | null;
  similarity: string; // of 1 at most
  gap: string | null; // time between the two
}

export interface Samples {
  t: number[]; // null between runs
  p: number[][]; // a row for each expression, null where t is
  low?: number[][]; // ends of the bands, as p
  high?: number[][];
}

export interface TrackBoxes {
  t: number[];
  face: (Box | null)[];
  body: (Box | null)[];
  said: Said[];
}
