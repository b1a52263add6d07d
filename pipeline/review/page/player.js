// The player: the redacted picture, what is hidden drawn over it, and a hand that draws.

import { change, choose, clock, chosenRegion, chosenTrack, desk, inside, isVisible, length, on, place, regionBox, round, tell,
  toRecording, trackBox } from "./desk.js";
import { t, language } from "./words.js";

export const video = document.getElementById("video");
const over = document.getElementById("over");
const source = document.getElementById("source");
const outlines = document.getElementById("outlines");
const LEAST = 0.01; // a smaller box was a slip of the hand
const DRAWN_S = 3;

const COLOURS = { face: "#7fd1c7", text: "#8fb7ff", card: "#8fb7ff", code: "#8fb7ff", zone: "#c9b6ff", kept: "#9be28a", drawn: "#ffc85c", chosen: "#ffffff" };

let drawing = false; // the next drag makes a new region
let hand = null; // a drag in progress
let until = null; // where playing a piece ends

export function now() { return Math.max(0, video.currentTime - offset()); }

function offset() { return desk.clip?.exports.find((one) => one.file === source.value)?.opening_s || 0; }

function isMaster() { return source.value === desk.clip?.picture?.master; }

export function seek(at) {
  const { fps, frames } = desk.clip.picture;
  const frame = Math.min(frames - 1, Math.max(0, Math.floor(at * fps + 0.001)));
  video.currentTime = offset() + (frame + 0.5) / fps;
}

export function step(frames) {
  video.pause();
  seek((Math.floor(now() * desk.clip.picture.fps + 0.001) + frames) / desk.clip.picture.fps);
}

export function toggle() {
  until = null;
  if (video.paused) video.play(); else video.pause();
}

// Plays a piece of the clip and stops at its end.
export function playPiece(from, to) {
  video.currentTime = offset() + Math.max(0, from);
  until = Math.min(length(), to);
  video.play();
}

export function draw() {
  drawing = true;
  over.classList.add("drawing");
  tell("hint", t("draw"));
}

export function stopDrawing() {
  drawing = false;
  over.classList.remove("drawing");
  tell("hint", "");
}

on("opened", () => {
  const { picture, exports } = desk.clip;
  document.getElementById("nothing").hidden = Boolean(picture);
  document.getElementById("nothing").textContent = picture ? "" : t("not_built");
  source.replaceChildren();
  if (!picture) { video.removeAttribute("src"); video.load(); return; }
  source.append(new Option(t("master"), picture.master));
  for (const one of exports) source.append(new Option(`${one.format} ${t("as_published")}`, one.file));
  load(0);
});

function load(at) {
  video.pause();
  video.src = `/media/${place()}/${source.value}`;
  video.addEventListener("loadedmetadata", () => { fit(); seek(at); }, { once: true });
}

source.addEventListener("change", () => { load(0); source.blur(); });
outlines.addEventListener("change", () => { paint(); outlines.blur(); });
window.addEventListener("resize", fit);

function fit() {
  document.getElementById("stage").style.setProperty("--shape", video.videoWidth / video.videoHeight || 16 / 9);
  const stage = document.getElementById("stage").getBoundingClientRect();
  const shape = video.videoWidth / video.videoHeight || 16 / 9;
  const width = Math.min(stage.width, stage.height * shape);
  over.style.width = `${width}px`;
  over.style.height = `${width / shape}px`;
  over.width = width * devicePixelRatio;
  over.height = (width / shape) * devicePixelRatio;
  paint();
}

// --- drawing what is hidden ----------------------------------------------------------------------------------------

export function paint() {
  const pen = over.getContext("2d");
  pen.clearRect(0, 0, over.width, over.height);
  if (!desk.clip?.picture) return;
  document.getElementById("clock").textContent = `${clock(now())} / ${clock(length())}`;
  if (!isMaster() || !outlines.checked) return;
  const at = now();
  const frame = Math.floor(at * desk.clip.picture.fps + 0.001);
  for (const track of desk.clip.picture.tracks) {
    const box = trackBox(track, at);
    if (!box) continue;
    const kept = isVisible(track);
    const guessed = track.seen.length && !track.seen.some(([a, b]) => a <= frame && frame <= b);
    line(pen, box, kept ? COLOURS.kept : COLOURS[track.kind], chosenTrack() === track, kept || guessed);
  }
  desk.edits.regions.forEach((region) => {
    const box = regionBox(region, at);
    if (box) line(pen, box, COLOURS.drawn, chosenRegion() === region, false, !desk.clip.is_fresh);
  });
  if (hand?.box) line(pen, hand.box, COLOURS.drawn, true, false, true);
}

function line(pen, box, colour, chosen, dashed, filled = false) {
  const [w, h, dot] = [over.width, over.height, devicePixelRatio];
  const [x, y] = [box[0] * w, box[1] * h];
  const [wide, high] = [(box[2] - box[0]) * w, (box[3] - box[1]) * h];
  pen.lineWidth = (chosen ? 3 : 1.5) * dot;
  pen.setLineDash(dashed ? [5 * dot, 4 * dot] : []);
  pen.strokeStyle = chosen ? COLOURS.chosen : colour;
  if (filled) { pen.fillStyle = "rgba(18, 22, 24, .82)"; pen.fillRect(x, y, wide, high); }
  pen.strokeRect(x, y, wide, high);
  if (!chosen) return;
  pen.fillStyle = colour;
  for (const [cx, cy] of corners(box)) pen.fillRect(cx * w - 4 * dot, cy * h - 4 * dot, 8 * dot, 8 * dot);
}

function corners([x0, y0, x1, y1]) { return [[x0, y0], [x1, y0], [x0, y1], [x1, y1]]; }

// --- the hand ------------------------------------------------------------------------------------------------------

function point(event) {
  const at = over.getBoundingClientRect();
  const share = (value) => Math.min(1, Math.max(0, value));
  return [share((event.clientX - at.left) / at.width), share((event.clientY - at.top) / at.height)];
}

over.addEventListener("pointerdown", (event) => {
  if (!desk.clip?.picture || !isMaster()) { toggle(); return; }
  over.setPointerCapture(event.pointerId);
  const from = point(event);
  const region = chosenRegion();
  const box = region && (regionBox(region, now()) || region.mask[region.mask.length - 1].box);
  const near = 12 / over.getBoundingClientRect().width;
  const corner = box && regionBox(region, now())
    ? corners(box).findIndex(([x, y]) => Math.hypot(x - from[0], y - from[1]) < near) : -1;
  if (drawing && desk.mine) hand = { does: "draw", from, box: null };
  else if (corner >= 0 && desk.mine) hand = { does: "size", region, corner, box: [...box], from };
  else if (box && inside(box, from) && desk.mine) hand = { does: "move", region, was: box, box: [...box], from };
  else pick(from, event.shiftKey);
  if (hand) video.pause();
});

over.addEventListener("pointermove", (event) => {
  if (!hand) return;
  const [x, y] = point(event);
  const [fx, fy] = hand.from;
  hand.moved = hand.moved || Math.hypot(x - fx, y - fy) > LEAST / 2;
  if (hand.does === "draw") hand.box = ordered([fx, fy, x, y]);
  if (hand.does === "move") {
    const dx = Math.min(1 - hand.was[2], Math.max(-hand.was[0], x - fx));
    const dy = Math.min(1 - hand.was[3], Math.max(-hand.was[1], y - fy));
    hand.box = [hand.was[0] + dx, hand.was[1] + dy, hand.was[2] + dx, hand.was[3] + dy];
  }
  if (hand.does === "size") {
    const opposite = corners(hand.box)[3 - hand.corner];
    hand.held = hand.held || opposite;
    hand.box = ordered([...hand.held, x, y]);
    hand.corner = corners(hand.box).findIndex(([cx, cy]) => cx === x && cy === y);
  }
  paint();
});

over.addEventListener("pointerup", () => {
  const done = hand;
  hand = null;
  if (!done) return;
  if (done.does === "draw") { stopDrawing(); addRegion(done.box); }
  else if (done.moved && big(done.box)) setKey(done.region, done.box);
  paint();
});

function ordered([ax, ay, bx, by]) { return [Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by)]; }

function big(box) { return box && box[2] - box[0] > LEAST && box[3] - box[1] > LEAST; }

function neat(box) { return box.map((side) => round(side, 4)); }

function addRegion(box) {
  if (!big(box)) return;
  const [from, to] = desk.span || [now(), Math.min(now() + DRAWN_S, length())];
  const start = Math.max(0, Math.min(from, length() - 0.2));
  addMask([{ at: toRecording(start), box: neat(box) }, { at: toRecording(Math.max(to, start + 0.1)), box: neat(box) }]);
  tell("hint", t("move"));
}

export function addMask(mask, kind = "zone") {
  change((edits) => edits.regions.push({ mask, kind, reason: language() === "zh" ? "手动" : "by hand" }));
  choose("region", desk.edits.regions.length - 1);
}

// Puts a region to a place at the moment that is shown: a keyframe is moved or a new one made.
function setKey(region, box) {
  const at = toRecording(now());
  const half = 0.5 / desk.clip.picture.fps;
  const number = desk.edits.regions.indexOf(region);
  change((edits) => {
    const keys = edits.regions[number].mask;
    const there = keys.find((key) => Math.abs(key.at - at) <= half);
    if (there) there.box = neat(box);
    else keys.push({ at, box: neat(box) });
    keys.sort((a, b) => a.at - b.at);
  });
}

// Chooses the smallest thing under the pointer.
function pick(where, also) {
  const at = now();
  const found = [];
  desk.edits.regions.forEach((region, n) => found.push(["region", n, regionBox(region, at)]));
  desk.clip.picture.tracks.forEach((track) => found.push(["track", track.number, trackBox(track, at)]));
  const there = found.filter(([, , box]) => box && inside(box, where));
  const area = ([, , box]) => (box[2] - box[0]) * (box[3] - box[1]);
  there.sort((a, b) => area(a) - area(b));
  if (there.length) choose(there[0][0], there[0][1], also);
  else { choose(null); toggle(); }
}

// --- time ----------------------------------------------------------------------------------------------------------

function tick() {
  paint();
  tell("time", now());
  if (until !== null && now() >= until) { until = null; video.pause(); }
  if (!video.paused) requestAnimationFrame(tick);
}

for (const event of ["play", "seeked", "timeupdate", "loadeddata"]) video.addEventListener(event, tick);
const button = document.getElementById("play");
video.addEventListener("play", () => { button.textContent = "❚❚"; });
video.addEventListener("pause", () => { button.textContent = "▶"; });
button.addEventListener("click", () => { toggle(); button.blur(); });
for (const event of ["edited", "chosen"]) on(event, paint);
