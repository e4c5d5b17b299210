// Values that report/people_list.py writes for the list of people.

import type { Clothes } from "../common/clothes.js";

export type PersonTrack = [
  name: string,
  video: number,
  t: number, // s since the first frame
  from: number | null, // s by the clock; null where the recording alone has none
  to: number | null,
  upper: number, // bits of colours
  lower: number,
  actions: number, // bits
];

export interface Person {
  name: string;
  page: string;
  kind: string;
  status: string;
  body: string | null;
  face: string | null;
  gallery: string | null;
  distance: [distance: number, threshold: number] | null;
  clothes: Clothes[];
  why: string; // there is no picture
  first: string | null;
  last: string | null;
  by: string; // clock
  tracks: PersonTrack[];
}

export interface PeopleList {
  clock: boolean; // whether times are of clocks, not of videos
  places: string[];
  colours: string[]; // the last is "not told"
  actions: string[];
  videos: [address: string, place: number][];
  rows: Person[];
  left: number; // tracks that are not in the list
}

export interface Wish {
  kind: string; // "" for everybody
  words: string; // part of a name or of clothes
  upper: string;
  lower: string;
  place: string;
  action: string;
  from: string; // as an input of date and time writes it
  to: string;
}
