// The timeline: a ruler on which a span is chosen, a lane for every track, region and cut, and the strip of doubts.

import { change, choose, clock, desk, isVisible, length, lookOf, node, on, place, toClip, toRecording } from "./desk.js";
import { now, playPiece, seek, video } from "./player.js";
import { t } from "./words.js";

const board = document.getElementById("timeline");
const strip = document.getElementById("strip");
const MAX_LANES = 14;
const LEAST_S = 0.1; // no region is shorter

function share(seconds) { return `${Math.min(100, Math.max(0, (seconds / length()) * 100))}%`; }

function timeOf(event, lane) {
  const at = lane.getBoundingClientRect();
  return Math.min(length(), Math.max(0, ((event.clientX - at.left) / at.width) * length()));
}

function bar(lane, from, to, classes) {
  const made = node("i", `bar ${classes}`);
  made.style.left = share(from);
  made.style.width = share(Math.max(to - from, length() / 300));
  lane.append(made);
  return made;
}

function lane(label, classes = "") {
  const row = node("div", `lane ${classes}`);
  const body = node("div", "body");
  row.append(node("span", "label", label), body);
  board.append(row);
  return body;
}

export function render() {
  board.replaceChildren();
  if (!desk.clip?.picture) return;
  ruler();
  const { fps, tracks } = desk.clip.picture;
  desk.edits.regions.forEach((region, n) => regionLane(region, n));
  const shown = [...tracks].sort((a, b) => doubt(b.number) - doubt(a.number) || (b.kind === "face") - (a.kind === "face") || a.first - b.first);
  for (const track of shown.slice(0, MAX_LANES)) trackLane(track, fps);
  board.append(node("div", "playhead"));
  move();
}

function doubt(number) {
  return Math.max(0, ...desk.clip.picture.moments.filter((one) => one.track === number).map((one) => one.weight));
}

function ruler() {
  const body = lane("", "ruler");
  const every = [0.5, 1, 2, 5, 10, 30, 60].find((step) => length() / step <= 12) || 120;
  for (let at = 0; at < length(); at += every) {
    const mark = node("b", "", clock(at));
    mark.style.left = share(at);
    body.append(mark);
  }
  if (desk.span) bar(body, desk.span[0], desk.span[1], "span");
  desk.edits.cut.forEach((cut, n) => {
    const made = bar(body, toClip(cut.from), toClip(cut.to), desk.chosen?.kind === "cut" && desk.chosen.at === n ? "cut chosen" : "cut");
    made.title = t("cut");
    made.addEventListener("pointerdown", (event) => { event.stopPropagation(); choose("cut", n); });
  });
  body.addEventListener("pointerdown", (event) => {
    body.setPointerCapture(event.pointerId);
    const from = timeOf(event, body);
    desk.span = null;
    seek(from);
    const drag = (moved) => {
      const to = timeOf(moved, body);
      desk.span = Math.abs(to - from) > length() / 200 ? [Math.min(from, to), Math.max(from, to)] : null;
      body.querySelector(".span")?.remove();
      if (desk.span) bar(body, desk.span[0], desk.span[1], "span");
    };
    body.addEventListener("pointermove", drag);
    body.addEventListener("pointerup", () => { body.removeEventListener("pointermove", drag); choose(null); }, { once: true });
  });
}

function trackLane(track, fps) {
  const kept = isVisible(track);
  const body = lane(`${t(track.kind)} ${track.number}${kept ? ` · ${t("kept")}` : ""}`);
  const start = track.first / fps;
  const end = (track.first + track.boxes.length / 4) / fps;
  const is = (one) => one?.kind === "track" && one.at === track.number;
  const whole = bar(body, start, end, `${track.kind} guessed ${kept ? "kept" : ""} ${is(desk.chosen) || is(desk.also) ? "chosen" : ""}`);
  whole.title = track.reason;
  for (const [a, b] of track.seen) bar(body, a / fps, (b + 1) / fps, `${track.kind} seen ${kept ? "kept" : ""}`);
  if (!track.seen.length) bar(body, start, end, `${track.kind} seen`);
  body.addEventListener("pointerdown", (event) => {
    choose("track", track.number, event.shiftKey);
    seek(timeOf(event, body));
  });
}

function regionLane(region, number) {
  const body = lane(t("by_hand"));
  const keys = region.mask;
  const made = bar(body, toClip(keys[0].at), toClip(keys[keys.length - 1].at), `drawn ${desk.chosen?.kind === "region" && desk.chosen.at === number ? "chosen" : ""}`);
  made.title = region.reason;
  body.addEventListener("pointerdown", (event) => {
    choose("region", number, event.shiftKey);
    if (!event.target.classList.contains("end")) seek(timeOf(event, body));
  });
  for (const key of keys.slice(1, -1)) {
    const dot = node("i", "key");
    dot.style.left = share(toClip(key.at));
    body.append(dot);
  }
  for (const last of [false, true]) made.append(end(number, last));
}

// A handle at an end of a region: dragged, it says from when or until when.
function end(number, last) {
  const grip = node("i", last ? "end last" : "end");
  grip.addEventListener("pointerdown", (event) => {
    event.stopPropagation();
    choose("region", number);
    const finish = (up) => change((edits) => {
      const keys = edits.regions[number].mask;
      const [first, final] = [keys[0], keys[keys.length - 1]];
      const at = toRecording(timeOf(up, document.querySelectorAll(".lane .body")[number + 1]));
      if (last) final.at = Math.max(at, first.at + LEAST_S);
      else first.at = Math.min(at, final.at - LEAST_S);
      const between = keys.slice(1, -1).filter((key) => first.at < key.at && key.at < final.at);
      edits.regions[number].mask = [first, ...between, final];
    });
    window.addEventListener("pointerup", finish, { once: true });
  });
  return grip;
}

function move() {
  const head = board.querySelector(".playhead");
  if (head) head.style.setProperty("--at", now() / length());
}

// --- the strip -----------------------------------------------------------------------------------------------------

export function label(moment) {
  const amount = moment.kind === "low" ? moment.amount.toFixed(2) : Math.max(0.1, moment.amount).toFixed(1);
  const said = t(moment.kind, amount);
  return moment.what ? `${said}: ${moment.what}` : said;
}

function looked() { return `looked ${place()} ${desk.clip.picture.master}`; }

export function seenMoments() { return new Set(JSON.parse(sessionStorage.getItem(looked()) || "[]")); }

let turn = 0;

export async function renderStrip() {
  const mine = ++turn;
  strip.replaceChildren();
  const moments = desk.clip?.picture?.moments || [];
  document.getElementById("doubt-count").textContent = moments.length || "";
  document.getElementById("doubt-what").textContent = desk.moment?.what || "";
  if (desk.clip?.picture && !moments.length) strip.append(node("p", "hint", t("none_doubtful")));
  const cards = moments.map((moment, number) => card(moment, number));
  strip.append(...cards);
  if (!cards.length) return;
  const eye = document.createElement("video");
  Object.assign(eye, { muted: true, preload: "auto", src: `/media/${place()}/${desk.clip.picture.master}` });
  await once(eye, "loadeddata");
  for (const [number, moment] of moments.entries()) {
    if (mine !== turn) break;
    eye.currentTime = Math.min(length() - 0.02, (moment.at_s + moment.end_s) / 2 + 0.01);
    await once(eye, "seeked");
    const picture = cards[number].querySelector("canvas");
    picture.height = Math.round((picture.width * eye.videoHeight) / eye.videoWidth);
    picture.getContext("2d").drawImage(eye, 0, 0, picture.width, picture.height);
  }
  eye.removeAttribute("src");
  eye.load();
}

function once(target, event) {
  return new Promise((done) => { for (const name of [event, "error"]) target.addEventListener(name, done, { once: true }); });
}

function card(moment, number) {
  const picture = node("canvas");
  Object.assign(picture, { width: 176, height: 99 });
  const settled = moment.about && lookOf(moment);
  const looked = moment.about ? settled : seenMoments().has(number);
  const classes = [moment.weight >= 0.9 && "grave", looked && "looked", desk.moment === moment && "at"].filter(Boolean);
  const made = node("button", `moment ${classes.join(" ")}`, "",
    node("div", "", "", picture, node("span", "", clock(moment.at_s))), node("b", "", `${settled ? "✓ " : ""}${label(moment)}`));
  Object.assign(made, { type: "button", title: label(moment) });
  made.addEventListener("click", () => visit(number));
  return made;
}

// Goes to a doubtful moment: its track is chosen, it is played with a second around it.
export function visit(number) {
  const moment = desk.clip.picture.moments[number];
  if (!moment) return;
  sessionStorage.setItem(looked(), JSON.stringify([...seenMoments().add(number)]));
  desk.moment = moment;
  document.getElementById("doubt-what").textContent = moment.what;
  if (!moment.about) strip.children[number]?.classList.add("looked");
  for (const [n, made] of [...strip.children].entries()) made.classList.toggle("at", n === number);
  strip.children[number]?.scrollIntoView({ block: "nearest", inline: "nearest" });
  desk.span = [Math.max(0, moment.at_s - 0.5), Math.min(length(), moment.end_s + 0.5)];
  choose(moment.track ? "track" : null, moment.track);
  if (moment.end_s - moment.at_s > 0.3) playPiece(moment.at_s - 0.5, moment.end_s + 0.5);
  else { video.pause(); seek(moment.at_s); }
}

export function nextMoment(by) {
  const at = [...strip.children].findIndex((one) => one.classList.contains("at"));
  const count = desk.clip?.picture?.moments.length || 0;
  if (count) visit((at + by + count) % count);
}

on("opened", () => { render(); renderStrip(); });
for (const event of ["edited", "chosen"]) on(event, render);
on("time", move);
