// The words: subtitles to correct, what is hidden in the sound, title and covers.

import { ask, change, clock, desk, node, on, place, toClip } from "./desk.js";
import { playPiece } from "./player.js";
import { t } from "./words.js";

const panel = document.getElementById("panel-talk");
const texts = document.getElementById("panel-texts");
const CLOSE_S = 0.02;

function same(a, b) { return Math.abs(a.from - b.from) < CLOSE_S && Math.abs(a.to - b.to) < CLOSE_S; }

function play(piece, around = 0) {
  if (desk.clip.picture) playPiece(toClip(piece.from) - around, toClip(piece.to) + around);
}

function heading(key, hint) {
  return node("div", "strip-head", "", node("h2", "", t(key)), node("span", "hint", t(hint)));
}

export function render() {
  panel.replaceChildren();
  if (!desk.clip) return;
  panel.append(heading("mentions", "mentions_hint"), mentions(), heading("lines", "lines_hint"));
  const list = node("ol", "lines");
  list.append(...desk.clip.lines.map(row));
  panel.append(list);
}

// --- what is hidden in the sound -----------------------------------------------------------------------------------

function mentions() {
  const list = node("ul", "mentions");
  if (!desk.clip.mentions.length && !desk.edits.hide.length) list.append(node("li", "hint", t("none_mentioned")));
  for (const one of desk.clip.mentions) list.append(mention(one));
  desk.edits.hide.forEach((one, number) => {
    const remove = node("button", "quiet", t("remove"));
    remove.addEventListener("click", () => change((edits) => edits.hide.splice(number, 1)));
    list.append(node("li", "mention", "", listen(one), node("b", "", t(one.kind)), node("span", "hint", t("by_hand")), remove));
  });
  return list;
}

function listen(piece) {
  const button = node("button", "time", `▶ ${clock(desk.clip.picture ? toClip(piece.from) : piece.from)}`);
  button.addEventListener("click", () => play(piece, 0.5));
  return button;
}

function mention(one) {
  const told = desk.edits.tell.some((piece) => same(piece, one));
  const tick = node("input");
  Object.assign(tick, { type: "checkbox", checked: !told, disabled: !desk.mine });
  tick.addEventListener("change", () => change((edits) => {
    edits.tell = edits.tell.filter((piece) => !same(piece, one));
    if (!tick.checked) edits.tell.push({ from: one.from, to: one.to });
  }));
  const said = node("span", "said");
  const show = async () => {
    const heard = await ask(`/api/heard/${encodeURIComponent(desk.clip.case)}?start=${one.from}&end=${one.to}`);
    said.replaceChildren(node("q", "", heard.text), node("em", "", t("raw")));
  };
  const reveal = node("button", "quiet", t("reveal"));
  reveal.addEventListener("click", show);
  if (told) show(); else said.append(reveal);
  return node("li", told ? "mention told" : "mention", "", node("label", "", "", tick, node("b", "", t(one.kind))), listen(one), said);
}

// --- subtitles -----------------------------------------------------------------------------------------------------

function row(line) {
  const wording = desk.edits.words.find((one) => same(one, line));
  const text = wording ? wording.text : line.text;
  const words = node("p", "words");
  words.tabIndex = 0;
  words.append(...marked(text));
  words.addEventListener("click", () => edit(words, line, text));
  words.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); edit(words, line, text); } });
  const made = node("li", wording ? "line changed" : "line", "", time(line), words);
  made.dataset.from = line.from;
  if (line.least < 0.5) made.classList.add("unsure");
  if (wording) {
    const was = node("p", "was");
    was.append(`${t("recognised")}: `, ...difference(line.text, text));
    const back = node("button", "quiet", t("as_was"));
    back.addEventListener("click", () => change((edits) => { edits.words = edits.words.filter((one) => !same(one, line)); }));
    was.append(" ", back);
    made.append(was);
  }
  return made;
}

function time(line) {
  const button = node("button", "time", clock(desk.clip.picture ? toClip(line.from) : line.from));
  button.addEventListener("click", () => play(line));
  return button;
}

function edit(words, line, text) {
  if (!desk.mine) return;
  const box = node("textarea");
  Object.assign(box, { value: text, rows: 2, maxLength: 500 });
  words.replaceWith(box);
  box.focus();
  let done = false;
  const end = (keeps) => {
    if (done) return;
    done = true;
    const now = box.value.replace(/\s+/g, " ").trim();
    if (!keeps || now === text) { render(); return; }
    change((edits) => {
      edits.words = edits.words.filter((one) => !same(one, line));
      if (now !== line.text) edits.words.push({ from: line.from, to: line.to, text: now });
      edits.words.sort((a, b) => a.from - b.from);
    });
  };
  box.addEventListener("blur", () => end(true));
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing) { event.preventDefault(); end(true); }
    if (event.key === "Escape") end(false);
    event.stopPropagation();
  });
}

// The text with the words that must be right underlined, each kind in its own way.
function marked(text) {
  const kinds = Object.keys(desk.marks);
  const any = new RegExp(kinds.map((kind) => `(?<${kind}>${desk.marks[kind]})`).join("|"), "giu");
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(any)) {
    const kind = kinds.find((one) => found.groups[one] !== undefined);
    const word = node("mark", kind, found[0]);
    word.title = t(kind);
    parts.push(text.slice(from, found.index), word);
    from = found.index + found[0].length;
  }
  return [...parts, text.slice(from)];
}

// What was taken out and put in, character by character (longest common subsequence).
function difference(before, after) {
  const [a, b] = [[...before], [...after]];
  const best = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      best[i][j] = a[i] === b[j] ? best[i + 1][j + 1] + 1 : Math.max(best[i + 1][j], best[i][j + 1]);
    }
  }
  const parts = [];
  const put = (tag, char) => {
    const last = parts[parts.length - 1];
    if (last?.[0] === tag) last[1] += char; else parts.push([tag, char]);
  };
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) { put("span", a[i]); i++; j++; }
    else if (j >= b.length || (i < a.length && best[i + 1][j] >= best[i][j + 1])) put("del", a[i++]);
    else put("ins", b[j++]);
  }
  return parts.map(([tag, said]) => node(tag, "", said));
}

// --- title, covers, limits -----------------------------------------------------------------------------------------

// A text to correct: `written` is what case.yaml says, `shown` makes text of a correction, `kept` a correction of text.
// What was refused stays in its box until it is put right.
function field(name, rows, written, tidy, shown, kept) {
  const box = node("textarea", desk.refused[name] === undefined ? "" : "refused");
  const corrected = desk.refused[name] ?? desk.edits[name];
  const value = corrected === null || corrected === undefined ? written : shown(corrected);
  Object.assign(box, { value, rows, maxLength: name === "caption" ? 5000 : 300, disabled: !desk.mine, id: `${name}-text` });
  box.addEventListener("change", () => {
    const now = tidy(box.value);
    delete desk.refused[name];
    change((edits) => { edits[name] = now === tidy(written) ? null : kept(now); });
  });
  texts.append(node("h2", "", t(name)), box);
  if (desk.edits[name] !== null && written) texts.append(node("p", "hint written", `${t("written")}: ${written}`));
}

function renderTexts() {
  texts.replaceChildren();
  if (!desk.clip) return;
  const { title, caption, tags, packs } = desk.clip;
  const line = (said) => said.replace(/\s+/g, " ").trim();
  field("title", 2, title.written, line, (said) => said, (now) => now || null);
  field("caption", 6, caption, (said) => said.trim(), (said) => said, (now) => now);
  const words = (said) => line(said).split(/[\s#＃]+/).filter(Boolean);
  field("tags", 2, tags.written.join(" "), (said) => words(said).join(" "), (said) => said.join(" "), words);
  if (tags.channel.length) texts.append(node("p", "hint", `${t("tags_channel")}: ${tags.channel.join(" ")}`));
  for (const pack of packs) {
    const made = node("article", "pack", "", node("h3", "", `${pack.label} `, node("small", "hint", pack.platform)));
    for (const cover of pack.covers) {
      const picture = node("img");
      Object.assign(picture, { src: `/media/${place()}/${cover}`, alt: "", loading: "lazy" });
      made.prepend(picture);
    }
    const list = node("ul");
    for (const problem of pack.problems) list.append(node("li", "problem", problem));
    if (!pack.problems.length) list.append(node("li", "fits", t("fits")));
    made.append(list);
    texts.append(made);
  }
}

for (const event of ["opened", "edited"]) on(event, () => { render(); renderTexts(); });
on("kept_back", renderTexts);
on("time", (at) => {
  if (!desk.clip) return;
  for (const made of panel.querySelectorAll(".line")) {
    const line = desk.clip.lines.find((one) => String(one.from) === made.dataset.from);
    made.classList.toggle("now", Boolean(line && desk.clip.picture && toClip(line.from) <= at && at < toClip(line.to)));
  }
});
