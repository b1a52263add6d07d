// Every word of the page, in Chinese and English. Keys are used by `t` and by data-t in the HTML.

const WORDS = {
  you: ["我是", "I am"],
  clips: ["片段", "Clips"],
  offline: ["只在这台电脑上运行，不联网。", "Runs on this machine alone. Nothing is sent anywhere."],
  rebuild: ["重新生成", "Rebuild"],
  approve: ["批准", "Approve"],
  outlines: ["显示轮廓", "Outlines"],
  doubts: ["需要看一眼", "Needs eyes"],
  timeline: ["时间轴", "Timeline"],
  timeline_hint: ["在刻度上拖动可选一段", "drag on the ruler to choose a span"],
  talk: ["字幕与声音", "Words and sound"],
  texts: ["标题、正文与封面", "Texts and covers"],
  master: ["打码后的原画", "Redacted picture"],
  as_published: ["成片", "as published"],
  none_doubtful: ["没有发现可疑的地方，仍请完整看一遍。", "Nothing looks doubtful. Watch it once all the same."],
  not_built: ["还没有生成，点“重新生成”。", "Not built yet: press Rebuild."],
  no_clips: ["这个频道还没有可以复核的片段。", "There is no clip to review in this channel."],
  saved: ["已保存", "Saved"],
  saving: ["保存中…", "Saving…"],
  spent: ["已用", "spent"],
  undo: ["撤销", "Undo"],
  hide_area: ["遮住一块", "Hide an area"],
  hide_all: ["遮住全画面", "Hide all of it"],
  leave_out: ["剪掉这段", "Leave this out"],
  keep: ["保持可见", "Keep visible"],
  unkeep: ["重新遮住", "Hide again"],
  widen: ["放大", "Widen"],
  join: ["连起来", "Join"],
  remove: ["删除", "Remove"],
  silence: ["这段消音", "Hide in sound"],
  whose: ["这是谁的脸？", "Whose face?"],
  draw: ["在画面上拖出一个框", "Drag a box on the picture"],
  move: ["换个时间再拖动框，它会跟着移动", "Go to another time and drag the box: it will follow"],
  pick: ["点选画面或时间轴上的一条", "Choose something in the picture or on the timeline"],
  join_pick: ["按住 Shift 再点另一条", "Shift-click another one to join"],
  comes: ["突然出现", "Appears in the open"],
  goes: ["突然消失", "Vanishes in the open"],
  gap: ["推测了 {0} 秒", "Guessed for {0} s"],
  short: ["只看到 {0} 秒", "Seen for {0} s only"],
  low: ["把握不大（{0}）", "Not sure ({0})"],
  suspect: ["可疑", "Suspect"],
  seen: ["看过，没问题", "Nobody shows"],
  finding: ["核验发现", "Found by the check"],
  face: ["人脸", "Face"],
  text: ["文字", "Text"],
  zone: ["固定区域", "Zone"],
  card: ["证件或屏幕", "Card"],
  code: ["条码或二维码", "Code"],
  by_hand: ["手动", "By hand"],
  cut: ["剪掉", "Left out"],
  kept: ["可见", "visible"],
  lines: ["字幕", "Subtitles"],
  lines_hint: ["点一行可改正；划线处最不能错", "click a line to correct it; underlined words must be right"],
  mentions: ["声音里要隐去的", "Hidden in the sound"],
  mentions_hint: ["取消勾选表示这不是身份信息", "untick what identifies nobody"],
  none_mentioned: ["没有发现。听到了请在时间轴上选出来，按 S。", "None found. If you hear one, choose it on the timeline and press S."],
  reveal: ["说的是？", "What was said?"],
  raw: ["原话，仅在这里可见", "raw, seen on this page only"],
  recognised: ["识别为", "recognised"],
  as_was: ["恢复识别结果", "As recognised"],
  title: ["标题", "Title"],
  written: ["case.yaml 里写的是", "In case.yaml"],
  caption: ["正文", "Caption"],
  tags: ["话题", "Tags"],
  tags_channel: ["频道另加", "The channel adds"],
  refused: ["没有保存：{0}", "Not saved: {0}"],
  fits: ["符合平台要求", "Within the platform's limits"],
  drug: ["药名", "drug"], dose: ["剂量", "dose"], number: ["数字", "number"], negation: ["否定", "negation"], side: ["左右", "side"],
  blocked: ["已拦下", "Blocked"], failed: ["失败", "Failed"], waiting: ["待处理", "Waiting"], ready: ["可发布", "Ready"],
  approved: ["已批准", "Approved"], to_sign: ["待批准", "To approve"], to_build: ["待生成", "To rebuild"],
  approved_by: ["{0} 已批准，{1}", "Approved by {0}, {1}"],
  edited: ["有改动还没有生成。", "There are changes that are not built yet."],
  other: ["{0} 正在复核这个病例，你可以看，不能改。", "{0} is reviewing this case. You can look, but not change."],
  somebody: ["另一个人", "Somebody else"],
  take_over: ["由我接手", "Take over"],
  outside: ["review.yaml 在别处被修改，已重新载入。", "review.yaml was changed elsewhere; it was loaded again."],
  reload: ["重新载入", "Reload"],
  close: ["知道了", "OK"],
  sign_title: ["批准这个片段", "Approve this clip"],
  sign_what: ["{0}：{1} 个成片，{2} 个发布包。之后任何改动都会让批准失效。", "{0}: {1} videos, {2} packs. Any later change ends this approval."],
  sign_watched: ["我戴着耳机从头到尾看过，没有可辨认的人、姓名、号码或声音。", "I watched it to the end with sound: no person, name, number or voice that identifies anyone."],
  sign_consent: ["画面中的每个人都同意这样使用，且未撤回。", "Everyone in it has consented to this use, and nobody has withdrawn."],
  sign_texts: ["字幕、标题、正文与封面在医学上正确，不含患者信息。", "Subtitles, title, caption and cover are medically right and hold nothing of the patient."],
  sign_name: ["批准人", "Name of who approves"],
  sign_fine: ["姓名、时间与每个文件的 SHA-256 一起记入台账，不能修改。", "The name, the time and the SHA-256 of every file go into the ledger, which cannot be changed."],
  sign: ["批准", "Approve"], cancel: ["取消", "Cancel"],
  keep_zone: ["这是固定区域，请在 YAML 中修改。", "This is a fixed zone: change it in the YAML."],
  keep_nobody: ["case.yaml 里没有登记任何人，人脸不能保持可见。", "Nobody is listed in case.yaml, so no face can stay visible."],
  stage_probe: ["检查素材", "reading the recording"], stage_transcribe: ["识别语音", "listening"], stage_identify: ["找身份信息", "finding names"],
  stage_select: ["选片段", "cutting"], stage_enrol: ["记下可露面的人", "learning who may be seen"], stage_detect: ["找人脸、文字与条码", "looking for faces, text and codes"], stage_track: ["跟踪", "tracking"],
  stage_challenge: ["检验查验是否灵敏", "trying out the verification"], stage_recognise: ["认出可露面的人", "recognising who may be seen"],
  stage_correct: ["应用改动", "applying corrections"], stage_redact: ["打码", "hiding"], stage_subtitle: ["排字幕", "subtitles"], stage_card: ["片头片尾", "cards"],
  stage_export: ["导出", "exporting"], stage_verify: ["核验", "checking"], stage_pack: ["打包", "packing"], stage_waits: ["等待另一个进程", "waiting for another build"],
  phone: ["电话", "phone"], name: ["姓名", "name"], date: ["日期", "date"], address: ["地址", "address"], resident_id: ["身份证号", "resident ID"],
  bank_card: ["银行卡", "bank card"], plate: ["车牌", "plate"], passport: ["护照", "passport"], email: ["邮箱", "e-mail"], wechat: ["微信", "WeChat"],
  record_number: ["病历号", "record number"], age: ["年龄", "age"], employer: ["单位", "employer"], school: ["学校", "school"],
};

let chosen = localStorage.getItem("language") || (navigator.language.startsWith("zh") ? "zh" : "en");

export function language() { return chosen; }

export function t(key, ...values) {
  const pair = WORDS[key];
  const text = pair ? pair[chosen === "zh" ? 0 : 1] : key;
  return values.reduce((said, value, at) => said.replace(`{${at}}`, value), text);
}

export function switchLanguage() {
  chosen = chosen === "zh" ? "en" : "zh";
  localStorage.setItem("language", chosen);
}

export function write(root = document) {
  document.documentElement.lang = chosen;
  for (const node of root.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
}
