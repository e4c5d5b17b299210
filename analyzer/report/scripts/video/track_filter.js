// Choice of the tracks to list, by kind and by words.
import { clothesWords } from "../common/clothes.js";

/** @import { Track } from "./data.js" */

/**
 * Return the tracks that fit.
 * @param {Track[]} tracks
 * @param {string} kind "all", "events" or a status
 * @param {string} words the whole name of a track, or a part of the name or clothes of a person
 */
export function fittingTracks(tracks, kind, words) {
  const wanted = words.toLowerCase();
  return tracks.filter(({ name, person, group, status, events, clothes }) => {
    const isKind = kind === "all" || status === kind || (kind === "events" && events > 0);
    const names = `${person ?? ""}\n${group ?? ""}`.toLowerCase();
    const isNamed = name.toLowerCase() === wanted || names.includes(wanted);
    const isDressed = clothesWords(clothes).includes(wanted);
    return isKind && (!wanted || isNamed || isDressed);
  });
}
