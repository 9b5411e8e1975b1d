"use strict";
// The cases of every result on the page: filters, sorting, keys and details.
// Only the rows that are looked at exist. Texts from outside go into text nodes
// and nowhere else.
(() => {
  const batch = 60;

  // el makes an element; children that are strings become text.
  function el(name, props, ...children) {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(props ?? {})) {
      if (value === undefined || value === null || value === false) continue;
      if (key === "class") node.className = value;
      else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
      else node.setAttribute(key, value === true ? "" : value);
    }
    node.append(...children.flat().filter((c) => c !== null && c !== undefined && c !== ""));
    return node;
  }

  // unpack reads base64url of gzip of JSON.
  async function unpack(text) {
    const binary = atob(text.trim().replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = new Uint8Array(binary.length);
    for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
    const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(plain).json();
  }

  const plural = (n, noun) => (n === 1 ? `1 ${noun}` : `${n} ${noun}s`);
  const two = (v) => v.toFixed(2);
  const [value, pass] = [0, 1]; // of a mark
  const sign = { newly_fails: "▼", newly_passes: "▲", moved: "~", unchanged: "·", fails: "✗", error: "!", flaky: "~", passes: "✓" };
  const words = {
    newly_fails: "newly fails", newly_passes: "newly passes", moved: "a score changed", unchanged: "unchanged",
    fails: "fails", error: "no reply", flaky: "flaky", passes: "passes",
  };

  class Result {
    constructor(root, data, number) {
      Object.assign(this, { root, data, number, open: new Set(), trial: new Map(), rows: new Map(), current: -1, first: 0, shown: 0, pick: null });
      this.pairs = data.sides.length === 2;
      this.last = data.sides.length - 1;
      this.list = root.querySelector(".list");
      this.form = root.querySelector(".tools");
      this.names = data.graders.map((g) => g.name);
      this.main = data.graders.map((g, i) => i).filter((i) => !this.names[i].includes("/"));
      if (this.main.length === 0) this.main = data.graders.map((g, i) => i);
      data.cases.forEach((c, i) => this.prepare(c, i));
      this.order = data.cases;
      this.byID = new Map(data.cases.map((c) => [c.id, c]));
      this.watch = new IntersectionObserver((seen) => seen.some((s) => s.isIntersecting) && this.more(), { rootMargin: "1200px" });
      this.end = el("li", { class: "more" }, "…");
      this.start = el("li", { class: "more" }, el("button", { type: "button", onclick: () => this.earlier() }, "show earlier cases"));
      this.list.classList.toggle("one", !this.pairs);
      this.wire();
      this.apply();
      root.querySelector(".plain").remove();
      this.form.hidden = this.list.hidden = false;
    }

    text(i) { return this.data.texts[i]; }

    // prepare adds to a case what filters and sorting ask of it.
    prepare(c, at) {
      c.at = at;
      c.expected = this.text(c.ty);
      c.tags = (c.tg ?? []).map((t) => this.text(t));
      c.find = [c.id, c.in, c.no, c.gr, ...c.s.flatMap((s) => s.t.flatMap((t) => [t.r, ...t.i]))].join("\n").toLowerCase();
      c.slow = Math.max(0, ...c.s[this.last].t.map((t) => t.ms));
      c.tokens = c.s[this.last].t.reduce((n, t) => n + (t.tk ? t.tk[0] + t.tk[1] : 0), 0);
    }

    // of tells what a grader found: whether both sides have a value, and what changed.
    of(c, g) {
      const m = c.m[g];
      if (!m) return { applies: false };
      const [base, head] = [m[0], m[this.last]];
      const scored = base[value] !== null && head[value] !== null;
      return {
        applies: true, scored, base, head,
        fails: head[value] !== null && !head[pass],
        down: scored && this.pairs && base[pass] === 1 && head[pass] === 0,
        up: scored && this.pairs && base[pass] === 0 && head[pass] === 1,
        moved: this.pairs && (scored ? Math.abs(base[value] - head[value]) > 1e-12 : (base[value] === null) !== (head[value] === null)),
      };
    }

    wire() {
      this.form.addEventListener("input", () => this.apply());
      this.form.addEventListener("submit", (e) => e.preventDefault());
      this.form.querySelector(".keys").addEventListener("click", () => help.showModal());
      this.chosen = this.form.querySelector(".chosen");
      this.chosen.addEventListener("click", () => this.choose(null));
      this.root.querySelector(".reset").addEventListener("click", () => this.reset());
      this.root.addEventListener("pointerdown", () => { active = this; });
      this.root.addEventListener("focusin", () => { active = this; });
      this.list.addEventListener("click", (e) => this.click(e));
      for (const cell of this.root.querySelectorAll(".confusion td")) {
        if (cell.textContent === "0") continue;
        const side = Number(cell.closest("table").dataset.side);
        const { expected, returned } = cell.dataset;
        const label = `${this.data.sides[side]}: ${cell.textContent} expected ${expected}, said ${returned}; show them`;
        cell.replaceChildren(el("button", { type: "button", "aria-label": label, onclick: () => this.choose({ side, expected, returned }) }, cell.textContent));
      }
    }

    // choose narrows the list to a cell of a table of types.
    choose(pick) {
      this.pick = pick;
      this.chosen.hidden = !pick;
      if (pick) {
        this.chosen.textContent = `${this.data.sides[pick.side]}: ${pick.expected} said ${pick.returned} ×`;
        this.form.scrollIntoView({ block: "start" });
      }
      this.apply();
    }

    reset() {
      this.form.reset();
      this.choose(null);
    }

    // apply filters and sorts anew, and shows the first rows.
    apply() {
      const field = (name) => this.form.elements[name]?.value ?? "";
      const grader = field("grader") === "" ? -1 : this.names.indexOf(field("grader"));
      const want = { change: field("change"), type: field("type"), tag: field("tag"), terms: field("text").toLowerCase().normalize("NFC").split(/\s+/).filter(Boolean) };
      const graders = grader < 0 ? this.names.map((n, i) => i) : [grader];
      this.order = this.data.cases.filter((c) => this.fits(c, want, graders, grader >= 0));
      this.sort(field("sort"), grader < 0 ? this.main : graders);
      const n = this.order.length;
      this.form.querySelector(".count").value = n === this.data.cases.length ? plural(n, "case") : `${n} of ${plural(this.data.cases.length, "case")}`;
      this.root.querySelector(".none").hidden = n > 0;
      this.draw();
    }

    fits(c, want, graders, one) {
      if (want.type && c.expected !== want.type) return false;
      if (want.tag && !c.tags.includes(want.tag)) return false;
      if (want.terms.some((t) => !c.find.includes(t))) return false;
      if (this.pick && !this.picked(c)) return false;
      return this.changed(c, want.change, graders, one);
    }

    picked(c) {
      const { side, expected, returned } = this.pick;
      const said = (t) => t.e === undefined && (this.text(t.y) === returned || (returned === "unreadable" && t.y === 0));
      return c.expected === expected && c.s[side].t.some(said);
    }

    changed(c, want, graders, one) {
      const any = (is) => graders.some((g) => is(this.of(c, g)));
      switch (want) {
        case "": return !one || any((m) => m.applies);
        case "changed": return any((m) => m.moved || m.down || m.up);
        case "newly_fails": return any((m) => m.down);
        case "newly_passes": return any((m) => m.up);
        case "moved": return any((m) => m.moved && !m.down && !m.up) && (one || c.ch === "moved");
        case "fails": return any((m) => m.fails);
        case "passes": return c.ch === "passes" || (one && any((m) => m.applies && m.scored && !m.fails));
        case "flaky": return graders.some((g) => this.flaky(c, g));
        case "open": return any((m) => m.applies && !m.scored);
      }
      return true;
    }

    flaky(c, g) {
      const found = c.s[this.last].t.map((t) => t.sc[g]?.[1]);
      return found.includes(0) && found.includes(1);
    }

    sort(by, graders) {
      const moved = (c) => graders.reduce((sum, g) => {
        const m = this.of(c, g);
        return m.scored ? sum + m.head[value] - m.base[value] : sum;
      }, 0);
      const keys = {
        case: null, drop: moved, rise: (c) => -moved(c), slow: (c) => -c.slow, tokens: (c) => -c.tokens,
      };
      if (by === "case") this.order.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
      else if (keys[by]) {
        const key = new Map(this.order.map((c) => [c, keys[by](c)]));
        this.order.sort((a, b) => key.get(a) - key.get(b) || a.at - b.at);
      }
    }

    // draw starts the list anew, from a place in the order.
    draw(from = 0) {
      this.watch.disconnect();
      this.first = this.shown = from;
      this.current = -1;
      this.rows.clear();
      this.list.replaceChildren(...(from > 0 ? [this.start] : []));
      this.more();
    }

    // more appends the next rows.
    more(upTo = this.shown + batch) {
      const rows = this.order.slice(this.shown, upTo).map((c) => this.row(c));
      this.shown += rows.length;
      this.end.remove();
      this.list.append(...rows);
      this.watch.unobserve(this.end);
      if (this.shown < this.order.length) {
        this.list.append(this.end);
        this.watch.observe(this.end);
      }
    }

    // earlier puts the rows before the first one there.
    earlier() {
      const from = Math.max(0, this.first - batch);
      this.start.after(...this.order.slice(from, this.first).map((c) => this.row(c)));
      this.first = from;
      if (from === 0) this.start.remove();
    }

    row(c) {
      const id = `${this.root.id}-case-${c.at}`;
      const button = el("button", { type: "button", "aria-expanded": this.open.has(c) ? "true" : "false", "aria-controls": `${id}-detail` }, c.id);
      const item = el("li", { class: c.ch, id },
        el("div", { class: "row" },
          el("span", { class: "sign", "aria-hidden": "true" }, sign[c.ch]),
          el("h3", {}, button, el("span", { class: "unseen" }, ` ${words[c.ch]}`)),
          el("span", { class: "input", dir: "auto" }, c.in),
          this.said(c),
          el("span", { class: "chips" }, this.chips(c))));
      item.of = c;
      this.rows.set(c, item);
      if (this.open.has(c)) item.append(this.detail(c, `${id}-detail`));
      return item;
    }

    said(c) {
      const [first, second] = c.s.map((s) => this.text(s.w));
      if (second === undefined || first === second) return el("span", { class: "said" }, el("span", { class: "new" }, first));
      return el("span", { class: "said" }, el("span", {}, first), "→", el("span", { class: "new" }, second));
    }

    // chips say what changed, or what fails: the rubric stands for its criteria.
    chips(c) {
      const groups = { fail: [], pass: [], open: [], same: [] };
      const add = (kind, text) => groups[kind].push(el("span", { class: `chip ${kind}` }, text));
      const over = (list) => list.forEach((g) => {
        const m = this.of(c, g), name = this.names[g];
        if (!m.applies) return;
        if (m.down) add("fail", `broke ${name}`);
        else if (m.up) add("pass", `fixed ${name}`);
        else if (this.pairs && m.moved) add("open", m.scored ? `${name} ${two(m.base[value])}→${two(m.head[value])}` : `${name} not scored`);
        else if (m.fails) add(this.pairs ? "same" : "fail", this.pairs ? `${name} ✗` : name);
        else if (m.head[value] === null) add("open", `${name} ?`);
      });
      over(this.main);
      if (groups.fail.length + groups.pass.length + groups.open.length === 0 && c.ch !== "unchanged") over(this.names.map((n, g) => g).filter((g) => !this.main.includes(g)));
      const all = [...groups.fail, ...groups.pass, ...groups.open, ...(groups.fail.length + groups.pass.length + groups.open.length ? [] : groups.same)];
      const most = 4;
      return all.length > most ? [...all.slice(0, most - 1), el("span", { class: "chip" }, `+${all.length - most + 1}`)] : all;
    }

    click(e) {
      const item = e.target.closest("li");
      if (!item?.of || !e.target.closest(".row") || String(getSelection()) !== "") return;
      this.goTo(this.order.indexOf(item.of), false);
      this.toggle(item);
    }

    toggle(item, want = !this.open.has(item.of)) {
      const c = item.of;
      if (want === this.open.has(c)) return;
      const button = item.querySelector("button");
      button.setAttribute("aria-expanded", String(want));
      if (want) {
        this.open.add(c);
        item.append(this.detail(c, button.getAttribute("aria-controls")));
        address(this.address(c));
      } else {
        this.open.delete(c);
        item.querySelector(".detail").remove();
        address(`#${this.root.id}`);
      }
    }

    address(c) { return `#case=${encodeURIComponent(c.id)}${this.number > 1 ? `&in=${this.number}` : ""}`; }

    // goTo makes a row the current one. To one that is far away the list jumps.
    goTo(i, focus = true) {
      if (i < 0 || i >= this.order.length) return null;
      this.rows.get(this.order[this.current])?.classList.remove("current");
      if (i === this.first - 1) this.earlier();
      else if (i < this.first || i >= this.shown + batch) this.draw(Math.max(0, i - 5));
      else if (i >= this.shown) this.more();
      this.current = i;
      const item = this.rows.get(this.order[i]);
      item.classList.add("current");
      if (focus) {
        item.querySelector("button").focus({ preventScroll: true });
        item.scrollIntoView({ block: "nearest" });
      }
      return item;
    }

    // step goes on to another case; what was open closes and the next one opens.
    step(by) {
      const before = this.rows.get(this.order[this.current]);
      const reading = before && this.open.has(before.of);
      const next = this.goTo(this.current < 0 ? 0 : this.current + by);
      if (!next || next === before || !reading) return;
      this.toggle(before, false);
      this.toggle(next, true);
      next.scrollIntoView({ block: "start" });
    }

    // show opens a case that a link names.
    show(id) {
      const c = this.byID.get(id);
      if (!c) return false;
      if (!this.order.includes(c)) this.reset();
      const item = this.goTo(this.order.indexOf(c));
      this.toggle(item, true);
      item.scrollIntoView({ block: "start" });
      return true;
    }

    detail(c, id) {
      const meta = [["expected", this.text(c.ex)], ["tags", c.tags.join(", ")], ["group", c.gr], ["note", c.no], ["attached", (c.im ?? []).map(([name]) => name).join("; ")]].filter(([, v]) => v);
      const box = el("div", { class: "detail", id, role: "region", "aria-label": `case ${c.id}` },
        el("p", { class: "meta" }, meta.map(([k, v]) => el("span", {}, el("b", {}, k), ` ${v}`)), el("a", { href: this.address(c) }, "link to this case")),
        el("p", { class: "asked", dir: "auto" }, c.in));
      if (c.im && document.querySelector(".bar nav")) { // a page that is served has links to others
        box.append(el("div", { class: "pictures" }, c.im.filter(([, hash]) => hash).map(([alt, hash]) =>
          el("img", { src: `image?${new URLSearchParams({ run: this.data.run, sha256: hash })}`, alt, loading: "lazy" }))));
      }
      const trials = Math.max(...c.s.map((s) => s.t.length));
      const at = Math.min(this.trial.get(c) ?? 0, Math.max(0, trials - 1));
      if (trials > 1) {
        box.append(el("div", { class: "trials", role: "group", "aria-label": "trial" }, "trial", ...Array.from({ length: trials }, (_, k) =>
          el("button", { type: "button", "aria-pressed": String(k === at), onclick: () => { this.trial.set(c, k); box.replaceWith(this.detail(c, id)); } }, String(k + 1)))));
      }
      box.append(el("div", { class: "pair" }, c.s.map((s, side) => this.side(c, side, at))), this.scores(c, at));
      return box;
    }

    side(c, side, at) {
      const t = c.s[side].t[at];
      const box = el("div", { class: "side" }, el("h4", {}, this.data.sides[side]));
      if (!t) {
        box.append(el("p", { class: "muted" }, "not run"));
        return box;
      }
      if (t.e) {
        box.append(el("p", { class: "failure" }, this.text(t.e)));
        return box;
      }
      const format = t.f ? `read as ${this.text(t.f)}` : "not readable in any format";
      box.append(el("p", {}, [format, t.y ? `type ${this.text(t.y)}` : this.data.typed ? "no type" : "", t.i.length ? plural(t.i.length, "item") : ""].filter(Boolean).join(", ")));
      if (t.i.length) box.append(el("ol", { class: "items", dir: "auto" }, t.i.map((i) => el("li", {}, i))));
      if (t.d) box.append(el("ul", { class: "defects" }, t.d.map(([code, what]) => el("li", {}, el("code", {}, this.text(code)), this.text(what)))));
      if (t.th) box.append(el("details", {}, el("summary", {}, "thinking"), el("pre", { dir: "auto", tabindex: "0" }, t.th)));
      if (t.g) box.append(el("details", { open: true }, el("summary", {}, "transformed to this text, which is graded"), el("pre", { dir: "auto", tabindex: "0" }, t.g)));
      box.append(el("pre", { dir: "auto", tabindex: "0", "aria-label": `reply of ${this.data.sides[side]}` }, t.r === "" ? el("span", { class: "muted" }, "(empty)") : this.marked(c, side, at)));
      const facts = [
        t.at, `${t.ms} ms`, t.tk ? `${t.tk[0]} tokens in, ${t.tk[1]} out` : "tokens unknown", t.fi ? `finish ${this.text(t.fi)}` : "",
        t.a > 1 ? plural(t.a, "attempt") : "", t.rf ? `replayed from ${this.text(t.rf)}` : "",
      ];
      box.append(el("p", { class: "facts" }, facts.filter(Boolean).map((f) => el("span", {}, f))));
      return box;
    }

    // marked is a reply with the words that the other side lacks.
    marked(c, side, at) {
      const reply = c.s[side].t[at].r, lengths = c.df?.[at] ?? [];
      if (lengths.length === 0) return [reply];
      const own = side === 0 ? 1 : 2, tag = side === 0 ? "del" : "ins";
      const out = [];
      let from = 0;
      lengths.forEach((n, i) => {
        const kind = i % 3;
        if (n === 0 || (kind !== 0 && kind !== own)) return;
        const part = reply.slice(from, from + n);
        from += n;
        out.push(kind === 0 ? part : el(tag, {}, part));
      });
      return out;
    }

    scores(c, at) {
      const head = el("tr", {}, el("th", { scope: "col" }, "grader"), this.data.sides.map((s) => el("th", { scope: "col" }, s)));
      const rows = this.names.map((name, g) => {
        const m = this.of(c, g);
        return el("tr", { class: m.down ? "flip-fail" : m.up ? "flip-pass" : "" }, el("th", { scope: "row" }, name),
          c.s.map((s, side) => el("td", { "data-label": this.data.sides[side] }, this.score(s, g, at))));
      });
      return el("table", { class: "scores" }, el("thead", {}, head), el("tbody", {}, rows));
    }

    score(s, g, at) {
      const kinds = [["✗", "fail"], ["✓", "pass"], ["?", "open"], ["·", "open"], ["–", "open"]];
      const t = s.t[at];
      if (!t?.sc || t.e) return ["–"];
      const [v, kind, why] = t.sc[g];
      const others = s.t.length > 1 ? el("span", { class: "muted" }, s.t.map((o) => kinds[o.sc?.[g]?.[1] ?? 4][0]).join(""), " ") : "";
      return [others, el("span", { class: `value ${kinds[kind][1]}` }, `${kinds[kind][0]}${v === null ? "" : ` ${two(v)}`}`), this.text(why)];
    }
  }

  const results = [];
  const help = document.getElementById("keys");
  let active = null;

  function address(hash) { history.replaceState(null, "", hash); }

  function follow() {
    const want = new URLSearchParams(location.hash.slice(1));
    const id = want.get("case");
    if (id === null) return;
    const at = Number(want.get("in") ?? 1);
    const to = results.find((r) => r.number === at);
    if (to && (to.show(id) || to.show(location.hash.slice("#case=".length)))) active = to;
  }

  // visible is the result that keys are for: the one in use, else the first in view.
  function visible() {
    return active ?? results.find((r) => r.root.getBoundingClientRect().bottom > 0) ?? results[0];
  }

  // The stroke that leads to the search box does not also write there.
  let leading = false;
  document.addEventListener("keyup", () => { leading = false; });
  document.addEventListener("beforeinput", (e) => { if (leading && e.data === "/") e.preventDefault(); });

  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || results.length === 0 || help.open) return;
    const r = visible(), field = e.target.closest?.("input, select, textarea");
    if (e.key === "Escape") {
      if (field?.type === "search" && field.value !== "") { field.value = ""; r.apply(); }
      else if (field) field.blur();
      else {
        const item = r.rows.get(r.order[r.current]);
        if (item) r.toggle(item, false);
      }
      return;
    }
    if (field) return;
    const keys = {
      j: () => r.step(1), k: () => r.step(-1), "?": () => help.showModal(),
      "/": () => { const box = r.form.elements.text; leading = true; box.focus(); box.select(); },
    };
    if (keys[e.key]) {
      e.preventDefault();
      keys[e.key]();
    }
  });

  const folded = [];
  addEventListener("beforeprint", () => {
    for (const fold of document.querySelectorAll("details:not([open])")) { fold.open = true; folded.push(fold); }
    for (const r of results) {
      if (r.first > 0) r.draw();
      r.more(2000);
    }
  });
  addEventListener("afterprint", () => { for (const fold of folded.splice(0)) fold.open = false; });
  addEventListener("hashchange", follow);

  (async () => {
    let n = 0;
    for (const root of document.querySelectorAll("[data-result]")) {
      const data = await unpack(root.querySelector("script.data").textContent);
      results.push(new Result(root, data, ++n));
    }
    follow();
    performance.measure("promptbench", { start: 0 });
    document.documentElement.dataset.ready = "true";
  })();
})();
