// The log as a window over its file: only the lines that are seen, and some around them, are in the page. Their text goes into
// it as text and never as markup.
//
// `Lines` fetches blocks of lines and remembers some of them; `View` keeps the rows; below them stand following, finding and days.

const BLOCK = 200;            // lines in one answer
const BLOCKS_KEPT = 40;
const AROUND = 12;            // rows above and below what is seen
const TALLEST = 8_000_000;    // pixels; browsers cap an element's height at some 16 to 33 million

const box = document.getElementById("log");
if (box) start(box);

function start(box) {
  const words = box.dataset;
  const month = words.month;
  const said = document.getElementById("log-said");
  const say = (text) => { if (said.textContent !== text) said.textContent = text; };

  const ask = async (path, values, signal) => {
    const address = new URL(path, location.href);
    for (const [name, value] of Object.entries({ month, ...values })) address.searchParams.set(name, String(value));
    const answer = await fetch(address, { credentials: "same-origin", signal });
    if (answer.status === 401) { location.reload(); throw new Error("signed out"); }
    const side = answer.headers.get("karamail-side");
    if (side && side !== document.body.dataset.side) { location.reload(); throw new Error("the other side"); }
    if (answer.status === 204) return null;
    const isOurs = (answer.headers.get("content-type") || "").startsWith("application/json");
    const value = isOurs ? await answer.json() : {};
    if (!answer.ok) {
      const fault = new Error(value.what || String(answer.status));
      fault.said = value.what ? [value.what, value.what_to_do || ""].join(" ").trim() : "";
      throw fault;
    }
    return value;
  };

  // ---- lines ----
  let total = Number(words.lines);
  let generation = "";
  let wanted = document.getElementById("log-find").value.trim();
  const blocks = new Map();
  const asked = new Map();
  let round = 0;

  const forget = () => {
    round += 1;
    blocks.clear();
    asked.clear();
  };
  const lineOf = (number) => {
    const lines = blocks.get(Math.floor(number / BLOCK));
    return lines && lines[number % BLOCK];
  };
  const load = async (block) => {
    const lines = blocks.get(block) || [];
    const known = lines.length;
    const until = Math.min(BLOCK, total - block * BLOCK);
    if (known >= until || asked.has(block)) return;
    asked.set(block, true);
    const mine = round;
    let isDone = false;
    try {
      const answer = await ask("/log/lines", { from: block * BLOCK + known, count: until - known, find: wanted });
      if (mine !== round) return;
      generation ||= answer.generation;
      if (answer.generation !== generation) {
        changed(answer.total, answer.generation);
        return;
      }
      blocks.delete(block);
      blocks.set(block, [...lines, ...answer.lines]);
      for (const oldest of [...blocks.keys()].slice(0, Math.max(0, blocks.size - BLOCKS_KEPT))) blocks.delete(oldest);
      isDone = answer.lines.length > 0;
    } catch (fault) {
      if (mine === round) tell(fault);
    } finally {
      if (mine === round) {
        asked.delete(block);
        draw();
        if (!isDone) setTimeout(draw, 3000);
      }
    }
  };
  let isFaulty = false;
  const tell = (fault) => {
    if (!fault.said) return;
    isFaulty = true;
    say(fault.said);
  };

  // ---- the window ----
  const make = (kind, className, text) => {
    const one = document.createElement(kind);
    one.className = className;
    if (text !== undefined) one.textContent = text;
    return one;
  };
  const empty = box.querySelector("[data-empty]");
  const view = make("div", "log-window");
  view.id = "log-window";
  view.tabIndex = 0;
  view.setAttribute("role", "listbox");
  view.setAttribute("aria-label", words.label);
  const space = make("div", "log-space");
  space.setAttribute("role", "presentation");
  view.append(space);
  const foot = make("p", "log-foot");
  const seen = make("span", "");
  const count = make("span", "");
  foot.append(count, seen);
  const bar = make("div", "log-bar");
  bar.setAttribute("role", "status");
  bar.hidden = true;
  const barText = make("span", "");
  const barButton = make("button", "");
  barButton.type = "button";
  bar.append(barText, barButton);
  box.querySelector("[data-plain]").remove();
  box.append(view, bar, foot);

  const rows = new Map();
  let rowHeight = 30;
  let current = -1;
  let place = words.place === undefined ? -1 : Number(words.place);
  let isFollowing = place < 0 && words.from === undefined;

  const height = () => view.clientHeight;
  const fullHeight = () => total * rowHeight;
  const shownHeight = () => Math.min(fullHeight(), TALLEST);
  // Of a file too long for one element, each pixel of the scroll bar stands for several.
  const scale = () => {
    const room = shownHeight() - height();
    return room > 0 && fullHeight() > TALLEST ? (fullHeight() - height()) / room : 1;
  };
  const top = () => view.scrollTop * scale();
  const scrollTo = (pixels) => {
    view.scrollTop = Math.max(0, pixels) / scale();
    draw();
  };
  const rowsAtOnce = () => Math.max(1, Math.floor(height() / rowHeight) - 1);
  const firstSeen = () => Math.min(Math.max(0, total - 1), Math.floor((top() + rowHeight * 0.5) / rowHeight));
  const isAtEnd = () => top() + height() >= fullHeight() - rowHeight * 0.6;
  const toEnd = () => {
    isFollowing = true;
    scrollTo(fullHeight());
  };

  const measure = () => {
    const probe = make("div", "log-row", "0");
    space.append(probe);
    const measured = probe.getBoundingClientRect().height;
    probe.remove();
    return measured || rowHeight;
  };
  const resize = () => {
    const line = firstSeen();
    const wasFollowing = isFollowing;
    rowHeight = measure();
    space.style.height = `${shownHeight()}px`;
    const isEmpty = total === 0;
    view.hidden = isEmpty;
    foot.hidden = isEmpty;
    if (empty) empty.hidden = !isEmpty;
    return { line, wasFollowing };
  };

  const fill = (row, number) => {
    const line = lineOf(number);
    const mark = line ? `${round} ${line.number}` : "";
    if (row.dataset.mark === mark) return;
    row.dataset.mark = mark;
    row.replaceChildren(make("span", "number", String(number + 1)), " ");
    row.className = "log-row";
    if (!line) {
      row.classList.add("waiting");
      row.append(make("span", "", "…"));
      return;
    }
    if (line.tone) row.classList.add(line.tone);
    const kinds = line.is_note ? ["note"] : ["when", "what", "rest"];
    let cell;
    line.fields.forEach((pieces, at) => {
      if (at < kinds.length) {
        cell = make("span", kinds[at]);
        row.append(cell, " ");
      } else {
        cell.append("  ");
      }
      pieces.forEach((piece, turn) => {
        if (turn % 2 === 1) cell.append(make("mark", "", piece));
        else if (piece) cell.append(piece);
      });
    });
    if (line.is_cut && cell) cell.append(words.cut);
  };

  let isDrawing = false;
  const draw = () => {
    if (isDrawing) return;
    isDrawing = true;
    requestAnimationFrame(() => {
      isDrawing = false;
      paint();
    });
  };
  // What was found may stand far to the right.
  let sought = -1;
  const bringIntoSight = (mark) => {
    if (!mark) return;
    const place = mark.getBoundingClientRect();
    const window = view.getBoundingClientRect();
    if (place.left < window.left || place.right > window.right) view.scrollLeft += place.left - window.left - view.clientWidth / 2;
  };
  let loading = 0;
  const paint = () => {
    const start = top();
    const first = Math.max(0, Math.floor(start / rowHeight) - AROUND);
    const last = Math.min(total - 1, Math.ceil((start + height()) / rowHeight) + AROUND);
    for (const [number, row] of rows) {
      if (number < first || number > last) {
        row.remove();
        rows.delete(number);
      }
    }
    const shift = view.scrollTop - start;
    let before = null;
    let isWaiting = false;
    for (let number = first; number <= last; number += 1) {
      let row = rows.get(number);
      if (!row) {
        row = make("div", "log-row");
        row.id = `log-line-${number}`;
        row.setAttribute("role", "option");
        row.dataset.number = String(number);
        rows.set(number, row);
        // In their order, for who reads the page and does not see it.
        if (before) before.after(row); else space.prepend(row);
      }
      before = row;
      row.setAttribute("aria-posinset", String(number + 1));
      row.setAttribute("aria-setsize", String(total));
      fill(row, number);
      isWaiting ||= !lineOf(number);
      row.style.transform = `translateY(${number * rowHeight + shift}px)`;
      row.classList.toggle("place", number === place);
      row.setAttribute("aria-selected", String(number === current));
    }
    view.setAttribute("aria-busy", String(isWaiting));
    if (rows.has(current)) view.setAttribute("aria-activedescendant", `log-line-${current}`);
    else view.removeAttribute("aria-activedescendant");
    if (sought >= 0 && lineOf(sought) && rows.has(sought)) {
      bringIntoSight(rows.get(sought).querySelector("mark"));
      sought = -1;
    }
    const lastSeen = Math.min(total, Math.floor((start + height()) / rowHeight + 0.01));
    count.textContent = words.count.replace("0", total.toLocaleString());
    seen.textContent = total ? `${(firstSeen() + 1).toLocaleString()} – ${lastSeen.toLocaleString()}` : "";
    choose();
    // While somebody drags the scroll bar the lines that fly by are not asked for.
    clearTimeout(loading);
    loading = setTimeout(() => {
      const from = Math.floor(first / BLOCK);
      const to = Math.floor(Math.max(first, last) / BLOCK);
      for (let block = from; block <= to; block += 1) if (total > 0) load(block);
    }, 40);
  };

  // ---- the chosen line ----
  const chosenBox = document.getElementById("log-chosen-box");
  const chosen = document.getElementById("log-chosen");
  chosenBox.hidden = false;
  const choose = () => {
    const line = current >= 0 && lineOf(current);
    if (current >= 0 && !line) return;
    const text = line
      ? line.fields.map((pieces) => pieces.join("")).join("  ") + (line.is_cut ? words.cut : "")
      : chosen.dataset.none;
    if (chosen.textContent !== text) chosen.textContent = text;
    chosenBox.querySelector("button").hidden = !line;
  };
  const goTo = (number, isCentred) => {
    if (total === 0) return;
    current = Math.min(Math.max(0, number), total - 1);
    const from = current * rowHeight;
    if (isCentred) {
      scrollTo(from - Math.max(0, (height() - rowHeight) / 3));
    } else if (from < top()) {
      scrollTo(from);
    } else if (from + rowHeight > top() + height()) {
      scrollTo(from + rowHeight - height());
    } else {
      draw();
    }
    isFollowing = isAtEnd();
    hideBar();
  };

  view.addEventListener("click", (event) => {
    const row = event.target.closest(".log-row");
    if (row && getSelection().isCollapsed) goTo(Number(row.dataset.number), false);
  });
  view.addEventListener("keydown", (event) => {
    if (event.altKey || event.metaKey || event.shiftKey || event.isComposing) return;
    if (event.ctrlKey && event.key !== "Home" && event.key !== "End") return;
    const here = current >= 0 && rows.has(current) ? current : null;
    const from = here ?? (isFollowing ? total : firstSeen() - 1);
    const to = {
      ArrowUp: here === null && !isFollowing ? firstSeen() : from - 1,
      ArrowDown: from + 1,
      PageUp: (here ?? firstSeen()) - rowsAtOnce(),
      PageDown: (here ?? firstSeen()) + rowsAtOnce(),
      Home: 0,
      End: total - 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    goTo(to, false);
  });
  view.addEventListener("scroll", () => {
    isFollowing = isAtEnd();
    if (isFollowing) hideBar();
    draw();
  }, { passive: true });
  new ResizeObserver(() => {
    const { line, wasFollowing } = resize();
    if (wasFollowing) toEnd(); else scrollTo(line * rowHeight);
  }).observe(view);

  // ---- following ----
  let barDoes = null;
  let firstNew = 0;
  const hideBar = () => {
    if (barDoes !== "end" || !isAtEnd()) return;
    bar.hidden = true;
    barDoes = null;
  };
  const showBar = (does, text, label) => {
    barDoes = does;
    barText.textContent = text;
    barButton.textContent = label;
    bar.hidden = false;
  };
  barButton.addEventListener("click", () => {
    if (barDoes === "month") location.href = "/log";
    else toEnd();
    bar.hidden = true;
    barDoes = null;
    view.focus();
  });
  const changed = (lines, itsGeneration) => {
    const isOther = generation !== "" && itsGeneration !== generation;
    const wasFollowing = isFollowing;
    const before = total;
    generation = itsGeneration;
    if (isOther || lines < total) {
      forget();
      place = -1;
      if (current >= lines) current = -1;
    } else {
      // The last line may have been open.
      const block = Math.floor(Math.max(0, total - 1) / BLOCK);
      const known = blocks.get(block);
      if (known && total > 0) blocks.set(block, known.slice(0, (total - 1) % BLOCK));
    }
    total = lines;
    resize();
    if (wasFollowing) toEnd();
    else if (total > before && !isOther) {
      if (barDoes !== "end") firstNew = before;
      showBar("end", words.newLines.replace("{n}", (total - firstNew).toLocaleString()), words.toEnd);
    }
    draw();
  };
  const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
  const visible = () => document.visibilityState === "visible" ? Promise.resolve() : new Promise((done) => {
    document.addEventListener("visibilitychange", done, { once: true });
  });
  const follow = async () => {
    let newest = words.newest;
    for (;;) {
      await visible();
      const began = Date.now();
      try {
        const news = await ask("/log/news", { lines: isFaulty ? "" : total, generation, newest });
        if (isFaulty) {
          isFaulty = false;
          say("");
        }
        if (news) {
          if (news.lines !== total || news.generation !== generation) changed(news.lines, news.generation);
          if (news.newest !== newest) {
            newest = news.newest;
            if (words.month === words.newest && newest > words.month) showBar("month", words.newMonth, words.toNewMonth);
          }
        } else if (Date.now() - began < 1000) {
          await pause(1000);
        }
      } catch (fault) {
        tell(fault);
        await pause(3000);
      }
    }
  };

  // ---- finding ----
  const findForm = document.getElementById("log-find-form");
  const field = document.getElementById("log-find");
  const previous = document.getElementById("log-previous");
  previous.hidden = false;
  let finding = null;
  const find = async (isBack, isHere) => {
    clearTimeout(typing);
    finding?.abort();
    const text = field.value.trim();
    if (text !== wanted) {
      wanted = text;
      forget();
      draw();
    }
    if (!wanted) {
      say("");
      return;
    }
    const here = current >= 0 ? current : firstSeen() - (isBack ? 0 : 1);
    const from = isBack ? Math.max(0, here) : Math.max(0, here + (isHere && current >= 0 ? 0 : 1));
    finding = new AbortController();
    try {
      const found = await ask("/log/find", { find: wanted, from, ...(isBack ? { back: 1 } : {}) }, finding.signal);
      say(found.said);
      if (found.line !== null && found.line !== undefined) {
        place = found.line;
        sought = found.line;
        // The file may have grown since this page heard of it.
        if (found.line >= total) changed(found.line + 1, generation);
        goTo(found.line, true);
      }
    } catch (fault) {
      if (fault.name !== "AbortError") tell(fault);
    }
  };
  let typing = 0;
  field.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => find(false, true), 350);
  });
  findForm.addEventListener("submit", (event) => {
    event.preventDefault();
    find(event.submitter === previous, false);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    find(event.shiftKey, field.value.trim() !== wanted);
  });
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey) return;
    if (event.key === "F3" && wanted) {
      event.preventDefault();
      find(event.shiftKey, false);
    }
    // The browser's own search knows only the lines in the window; a second Ctrl+F gets it.
    if (event.key === "f" && (event.ctrlKey || event.metaKey) && !event.shiftKey && document.activeElement !== field) {
      event.preventDefault();
      field.focus();
      field.select();
    }
  });

  // ---- days ----
  const dayForm = document.getElementById("log-day-form");
  const day = document.getElementById("log-day");
  dayForm.addEventListener("submit", async (event) => {
    if (day.value && !day.value.startsWith(`${month}-`)) return; // another month: the page is asked for
    event.preventDefault();
    finding?.abort();
    try {
      const found = await ask("/log/day", { day: day.value });
      say(found.said);
      if (found.line !== null) {
        place = found.line;
        goTo(found.line, false);
        scrollTo(found.line * rowHeight);
      }
    } catch (fault) {
      tell(fault);
    }
  });

  // ---- begin ----
  resize();
  if (place >= 0) {
    if (wanted) sought = place;
    goTo(place, wanted !== "");
    if (!wanted) scrollTo(place * rowHeight);
  } else if (words.from !== undefined) {
    scrollTo(Number(words.from) * rowHeight);
  } else {
    toEnd();
  }
  follow();
}
