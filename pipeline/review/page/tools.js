// What can be done to the picture: one button and one key for each, and what each turns into in review.yaml.

import { change, choose, chosenRegion, chosenTrack, desk, isVisible, keepOf, length, maskOf, lookOf, node, on, round, tell, toRecording, trackBox, trackOf, undo }
  from "./desk.js";
import { addMask, draw, now } from "./player.js";
import { nextMoment } from "./timeline.js";
import { t } from "./words.js";

const board = document.getElementById("tools");
const WHOLE = [0, 0, 1, 1];
const AROUND_S = 0.5;
const WIDER = 0.2;

// The span that was chosen, or half a second on both sides of what is shown.
function span() {
  return desk.span || [Math.max(0, now() - AROUND_S), Math.min(length(), now() + AROUND_S)];
}

function recorded([from, to]) { return { from: toRecording(from), to: toRecording(to) }; }

function hideAll() {
  const { from, to } = recorded(span());
  addMask([{ at: from, box: WHOLE }, { at: to, box: WHOLE }]);
}

function without(list, one) { return list.filter((other) => JSON.stringify(other) !== JSON.stringify(one)); }

// A track that stays visible is hidden over all its frames; without one, the whole picture is, for the span.
function mask() {
  const track = chosenTrack();
  if (!track || !isVisible(track)) { hideAll(); return; }
  const keep = keepOf(track);
  change((edits) => {
    if (keep) edits.keep = without(edits.keep, keep);
    if (track.recognised) edits.mask.push({ ...middle(track), kind: track.kind });
  });
}

function leaveOut() { change((edits) => { edits.cut.push(recorded(span())); edits.cut.sort((a, b) => a.from - b.from); }); desk.span = null; choose(null); }

function silence() { change((edits) => edits.hide.push({ ...recorded(span()), kind: "name" })); }

function keep() {
  const track = chosenTrack();
  if (!track) { tell("hint", t("pick")); return; }
  const masked = maskOf(track);
  if (masked) { change((edits) => { edits.mask = without(edits.mask, masked); }); return; }
  if (isVisible(track)) { mask(); return; }
  if (track.kind === "zone") { tell("hint", t("keep_zone")); return; }
  if (track.kind === "face" && !desk.clip.people.length) { tell("hint", t("keep_nobody")); return; }
  const doctor = desk.clip.people.find((one) => one.role === "doctor") || desk.clip.people[0];
  change((edits) => edits.keep.push({ ...middle(track), kind: track.kind, person: track.kind === "face" ? doctor.id : "" }));
}

// The middle of a track where it was seen nearest to what is shown: what review.yaml points at it by.
function middle(track) {
  const { fps } = desk.clip.picture;
  const shown = Math.floor(now() * fps);
  const frames = track.seen.flat();
  const frame = frames.length ? frames.reduce((a, b) => (Math.abs(b - shown) < Math.abs(a - shown) ? b : a)) : track.first;
  const box = trackBox(track, frame / fps + 0.001);
  const inside = (from, to) => round((Math.max(0, from) + Math.min(1, to)) / 2, 4);
  return { at: toRecording(frame / fps), point: [inside(box[0], box[2]), inside(box[1], box[3])] };
}

function wider(box) {
  const [dx, dy] = [(box[2] - box[0]) * WIDER, (box[3] - box[1]) * WIDER];
  return [box[0] - dx, box[1] - dy, box[2] + dx, box[3] + dy].map((side) => round(Math.min(1, Math.max(0, side)), 4));
}

// A drawn region grows in place; a track gets a larger region laid over it, one keyframe every half second.
function widen() {
  const region = chosenRegion();
  if (region) {
    const number = desk.edits.regions.indexOf(region);
    change((edits) => { for (const key of edits.regions[number].mask) key.box = wider(key.box); });
    return;
  }
  const track = chosenTrack();
  if (!track) { tell("hint", t("pick")); return; }
  const { fps } = desk.clip.picture;
  const [start, end] = [track.first / fps, (track.first + track.boxes.length / 4 - 1) / fps];
  const times = [];
  for (let at = start; at < end; at += 0.5) times.push(at);
  const keys = [...times, Math.max(end, start + 0.1)].map((at) => ({ at: toRecording(at), box: wider(trackBox(track, Math.min(at, end) + 0.001)) }));
  addMask(keys, track.kind);
}

function ends(one) {
  const { fps } = desk.clip.picture;
  if (one.kind === "region") {
    const keys = desk.edits.regions[one.at].mask;
    return [keys[0], keys[keys.length - 1]];
  }
  const track = trackOf(one.at);
  const last = track.first + track.boxes.length / 4 - 1;
  return [track.first, last].map((frame) => ({ at: toRecording(frame / fps), box: trackBox(track, frame / fps + 0.001).map((side) => round(Math.min(1, Math.max(0, side)), 4)) }));
}

// What lies between two tracks in time is hidden on the straight way from the one to the other.
function join() {
  if (!desk.chosen || !desk.also) { tell("hint", t("join_pick")); return; }
  const [one, other] = [ends(desk.chosen), ends(desk.also)].sort((a, b) => a[0].at - b[0].at);
  const [from, to] = [one[1], other[0]].sort((a, b) => a.at - b.at);
  if (to.at - from.at < 0.02) to.at = round(from.at + 0.1, 3);
  addMask([from, to], trackOf(desk.chosen.at)?.kind || "zone");
}

// Says of a suspect moment that somebody looked and nobody shows; once more takes it back.
function seen() {
  const { moment } = desk;
  if (!moment?.about) return;
  const before = lookOf(moment);
  change((edits) => {
    if (before) edits.seen = edits.seen.filter((one) => JSON.stringify(one) !== JSON.stringify(before));
    else edits.seen.push({ from: moment.from, to: moment.to, about: moment.about });
  });
  tell("looked");
}

function remove() {
  if (desk.chosen?.kind === "region") change((edits) => edits.regions.splice(desk.chosen.at, 1));
  else if (desk.chosen?.kind === "cut") change((edits) => edits.cut.splice(desk.chosen.at, 1));
  else return;
  choose(null);
}

const TOOLS = [
  ["hide_area", "B", draw],
  ["hide_all", "M", mask],
  ["leave_out", "D", leaveOut],
  ["keep", "K", keep],
  ["widen", "W", widen],
  ["join", "J", join],
  ["silence", "S", silence],
  ["seen", "Y", seen],
  ["remove", "⌫", remove],
  ["undo", "Z", undo],
];
export const KEYS = Object.fromEntries(TOOLS.map(([, key, act]) => [key.toLowerCase(), act]));
Object.assign(KEYS, { backspace: remove, delete: remove, n: () => nextMoment(1), p: () => nextMoment(-1) });

function render() {
  board.replaceChildren();
  document.getElementById("back").replaceChildren();
  if (!desk.clip?.picture) return;
  const track = chosenTrack();
  const kept = track && keepOf(track);
  const idle = {
    keep: !track || track.kind === "zone",
    widen: !track && !chosenRegion(),
    join: !desk.also,
    seen: !desk.moment?.about,
    remove: !["region", "cut"].includes(desk.chosen?.kind),
    undo: !desk.undo.length,
  };
  for (const [name, key, act] of TOOLS) {
    const said = name === "hide_all" && track && isVisible(track) ? "unkeep" : name;
    const button = node("button", "tool", "", node("span", "", t(said)), node("kbd", "", key));
    Object.assign(button, { type: "button", disabled: !desk.mine || Boolean(idle[name]), id: `tool-${name}` });
    button.addEventListener("click", () => { button.blur(); act(); });
    (name === "undo" ? document.getElementById("back") : board).append(button);
  }
  if (kept && kept.kind === "face") board.append(whose(kept));
}

// Whose face stays visible: only someone who agreed to that can be chosen to any effect.
function whose(kept) {
  const choice = node("select");
  for (const one of desk.clip.people) choice.append(new Option(`${one.id} (${one.role})`, one.id, false, one.id === kept.person));
  choice.disabled = !desk.mine;
  const number = desk.edits.keep.indexOf(kept);
  choice.addEventListener("change", () => change((edits) => { edits.keep[number].person = choice.value; }));
  return node("label", "whose", `${t("whose")} `, choice);
}

for (const event of ["edited", "chosen"]) on(event, () => tell("hint", ""));
on("hint", (text) => { document.getElementById("hint").textContent = text; });
for (const event of ["opened", "edited", "chosen", "turn"]) on(event, render);
