// A folder that is followed: what grows in it is read again in place. The folder is one of the browser's own (OPFS), whose
// handles are those that a person's choice gives.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

const BAR = "[data-testid=follow-bar]";
const EVENTS = "tests/fixtures/tensorboard/logs/003 mlp-sgd-003/events.out.tfevents.1795405247.vm";
const EXPERIMENT = "artifact_location: x\nexperiment_id: '0'\nlifecycle_stage: active\nname: sweep\n";
const FIRST = "mlruns/0/0123456789abcdef0123456789abcdef";
const SECOND = "mlruns/0/fedcba9876543210fedcba9876543210";

const meta = (id, name, status = 1) =>
  `experiment_id: '0'\nlifecycle_stage: active\nrun_id: ${id}\nrun_name: ${name}\nstart_time: 1700000000123\nstatus: ${status}\n`;
const point = (step, value) => `${1700000000000 + 1000 * step} ${value} ${step}\n`;
const points = (from, to) => Array.from({ length: to - from }, (_, at) => point(from + at, 1 / (1 + from + at))).join("");

/** The dialog gives this folder. */
const choosing = (kit, folder = "experiments") =>
  kit.context.addInitScript((folder) => {
    globalThis.showDirectoryPicker = async () => (await navigator.storage.getDirectory()).getDirectoryHandle(folder, { create: true });
  }, folder);

/** Writes files of the folder: [path, text or bytes, whether that is added at the end]. */
const write = (page, files) => {
  const portable = (contents) => (Buffer.isBuffer(contents) ? { base64: contents.toString("base64") } : contents);
  return page.evaluate(async (files) => {
    const bytes = ({ base64 }) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const root = await (await navigator.storage.getDirectory()).getDirectoryHandle("experiments", { create: true });
    for (const [path, contents, isAdded] of files) {
      const parts = path.split("/");
      const name = parts.pop();
      let folder = root;
      for (const part of parts) folder = await folder.getDirectoryHandle(part, { create: true });
      const handle = await folder.getFileHandle(name, { create: true });
      const stream = await handle.createWritable({ keepExistingData: Boolean(isAdded) });
      if (isAdded) await stream.seek((await handle.getFile()).size);
      await stream.write(typeof contents === "string" ? contents : contents.base64 ? bytes(contents) : new Uint8Array(contents));
      await stream.close();
    }
  }, files.map(([path, contents, isAdded]) => [path, portable(contents), isAdded]));
};

const mlrun = (run, name, steps) => [
  [`${run}/meta.yaml`, meta(run.split("/").at(-1), name)],
  [`${run}/params/width`, String(8 * name.length)],
  [`${run}/metrics/loss`, points(0, steps)],
];

const followed = async (kit, files, address = "") => {
  await choosing(kit);
  const page = await kit.open(address);
  await kit.waitState(page, "empty");
  await write(page, files);
  await page.getByRole("button", { name: "Follow a folder" }).click();
  await kit.waitReady(page);
  return page;
};

const runsAre = (page, count) => page.waitForFunction((count) => Number(document.documentElement.dataset.runs) === count, count);
const saysOf = (page, pattern) =>
  page.waitForFunction((pattern) => new RegExp(pattern).test(document.querySelector("[data-testid=follow-bar] p")?.textContent), pattern);
const tableHas = (page, text) =>
  page.waitForFunction((text) => document.querySelector("[data-view=table]")?.textContent.includes(text), text);
const press = (page, name) => page.locator(BAR).getByRole("button", { name }).click();

/** How many pixels of the first panel of curves are painted. */
const painted = (page) =>
  page.$eval("[data-view=curves] .curves-plot canvas", (canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let at = 3; at < data.length; at += 4) if (data[at] > 20) count += 1;
    return count;
  });

/** Checksums of a polynomial, turned over: CRC-32C of event files, CRC-32 of W&B's logs. */
const checksums = (polynomial) => {
  const table = Uint32Array.from({ length: 256 }, (_, at) => {
    for (let bit = 0; bit < 8; bit += 1) at = at & 1 ? polynomial ^ (at >>> 1) : at >>> 1;
    return at;
  });
  return (...parts) => {
    let sum = ~0;
    for (const part of parts) for (const byte of part) sum = table[(sum ^ byte) & 255] ^ (sum >>> 8);
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(~sum >>> 0);
    return bytes;
  };
};
const crc32c = checksums(0x82f63b78);
const crc32 = checksums(0xedb88320);

const varint = (number) => {
  const bytes = [];
  for (; number > 127; number >>>= 7) bytes.push((number & 127) | 128);
  return Buffer.from([...bytes, number]);
};
/** A field of a message that has a length. */
const field = (number, ...parts) => {
  const contents = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([varint((number << 3) | 2), varint(contents.length), contents]);
};
const whole = (number, value) => Buffer.concat([varint(number << 3), varint(value)]);

/** What trackers write that only grows: where, how it begins, a record of a step at a place, and what it says. */
const LOGS = [
  {
    title: "an event file",
    path: "logs/run/events.out.tfevents.1.vm",
    metric: "loss",
    begin: "",
    record: (step) => {
      const value = Buffer.alloc(5);
      value[0] = 0x15;
      value.writeFloatLE(1 / (1 + step), 1);
      const event = Buffer.concat([whole(2, step), field(5, field(1, field(1, "loss"), value))]);
      const masked = (bytes) => {
        const sum = crc32c(bytes).readUInt32LE();
        const turned = (((sum >>> 15) | (sum << 17)) + 0xa282ead8) >>> 0;
        const out = Buffer.alloc(4);
        out.writeUInt32LE(turned);
        return out;
      };
      const length = Buffer.alloc(8);
      length.writeUInt32LE(event.length);
      return Buffer.concat([length, masked(length), event, masked(event)]);
    },
  },
  {
    title: "a log of W&B",
    path: "wandb/run-20261123_033519-abc/run-abc.wandb",
    metric: "loss",
    grown: " and status:running",
    begin: Buffer.from([...Buffer.from(":W&B"), 0xe1, 0xbe, 0]),
    record: (step, place) => {
      const BLOCK = 32 << 10;
      let left = field(2, field(1, field(1, "loss"), field(16, String(1 / (1 + step)))), field(2, whole(1, step)));
      const out = [];
      for (let isFirst = true; isFirst || left.length; isFirst = false) {
        let room = BLOCK - (place % BLOCK);
        if (room < 7) {
          out.push(Buffer.alloc(room));
          place += room;
          room = BLOCK;
        }
        const part = left.subarray(0, room - 7);
        left = left.subarray(part.length);
        const kind = Buffer.from([left.length ? (isFirst ? 2 : 3) : isFirst ? 1 : 4]);
        out.push(crc32(kind, part), Buffer.from([part.length & 255, part.length >> 8]), kind, part);
        place += 7 + part.length;
      }
      return Buffer.concat(out);
    },
  },
  {
    title: "a journal of Optuna",
    path: "study.log",
    metric: "intermediate",
    begin: '{"op_code": 0, "study_name": "s", "directions": [1]}\n{"op_code": 4, "study_id": 0, "state": 0}\n',
    record: (step) => Buffer.from(`{"op_code": 7, "trial_id": 0, "step": ${step}, "intermediate_value": ${1 / (1 + step)}}\n`),
  },
];

/** Records of these steps, after so many bytes. */
const records = (log, from, to, place) => {
  const parts = [];
  for (let step = from; step < to; step += 1) {
    parts.push(log.record(step, place));
    place += parts.at(-1).length;
  }
  return Buffer.concat(parts);
};

/** How many bytes the look read that `act` brought, and of how many. */
const looked = async (kit, page, act) => {
  const looks = () => performance.getEntriesByName("app:look").length;
  const before = await page.evaluate(looks);
  await act();
  await page.waitForFunction((before) => performance.getEntriesByName("app:look").length > before, before);
  await kit.calm(page);
  return page.evaluate(() => performance.getEntriesByName("app:look").at(-1).detail);
};

/** The one run has so many points of the metric, and no more; `and` is what else is true of it. */
const pointsAre = async (page, metric, count, and = "") => {
  // What was shown by another filter says nothing.
  for (const [filter, shown] of [[`count(${metric}) < 0`, "0"], [`count(${metric}) = ${count}${and}`, "1"]]) {
    await page.fill("[data-testid=filter]", filter);
    await page.press("[data-testid=filter]", "Enter");
    await page.waitForFunction((shown) => document.documentElement.dataset.shown === shown, shown);
  }
};

export default function (t) {
  for (const log of LOGS) {
    t.case(`of ${log.title} that grows only what is new is read, and nothing comes twice`, { timeout: 120_000 }, async (kit) => {
      const STEPS = 30_000;
      const begin = Buffer.concat([Buffer.from(log.begin), records(log, 0, STEPS, log.begin.length)]);
      const page = await followed(kit, [[log.path, begin]], `#/table?o=metric.${log.metric},min,last`);
      await runsAre(page, 1);
      await pointsAre(page, log.metric, STEPS);
      const { problems } = await kit.counts(page);

      // A record is written in two goes.
      const next = records(log, STEPS, STEPS + 10, begin.length);
      const half = Math.floor(log.record(STEPS, begin.length).length / 2);
      const first = await looked(kit, page, () => write(page, [[log.path, next.subarray(0, half), true]]));
      assert.ok(first.of > 900_000 && first.read < first.of / 4, JSON.stringify(first));
      await pointsAre(page, log.metric, STEPS);
      assert.equal((await kit.counts(page)).problems, problems + 1);
      const second = await looked(kit, page, () => write(page, [[log.path, next.subarray(half), true]]));
      assert.ok(second.read < second.of / 4, JSON.stringify(second));
      await saysOf(page, "1 run changed, .* kB of .* MB read");
      await pointsAre(page, log.metric, STEPS + 10, log.grown);
      assert.deepEqual(await kit.counts(page), { runs: 1, shown: 1, problems });
      const more = records(log, STEPS + 10, STEPS + 500, begin.length + next.length);
      const third = await looked(kit, page, () => write(page, [[log.path, more, true]]));
      assert.ok(third.read < third.of / 4, JSON.stringify(third));
      await pointsAre(page, log.metric, STEPS + 500);
      assert.deepEqual(await kit.counts(page), { runs: 1, shown: 1, problems });

      // Another run writes into the same file: longer, and nothing of it was there.
      const other = records(log, 1_000_000, 1_000_000 + STEPS + 2_000, log.begin.length);
      const fourth = await looked(kit, page, () => write(page, [[log.path, Buffer.concat([Buffer.from(log.begin), other])]]));
      assert.ok(fourth.read >= fourth.of, JSON.stringify(fourth));
      await pointsAre(page, log.metric, STEPS + 2_000);
      assert.deepEqual(await kit.counts(page), { runs: 1, shown: 1, problems });
    });
  }

  t.case("a line of a table that is being written is read when it is whole, or left alone", async (kit) => {
    const page = await followed(kit, [["table.csv", "id,lr,loss\na,0.1,0.5\nb,0.2,0."]], "#/table?o=metric.loss,min,last");
    assert.equal((await kit.counts(page)).runs, 1);
    await write(page, [["table.csv", "25\nc,0.3,0.75", true]]);
    await runsAre(page, 2);
    await tableHas(page, "0.25");
    // Nobody writes on: then it is a line as it stands.
    await runsAre(page, 3);
    await tableHas(page, "0.75");
    assert.equal((await kit.counts(page)).problems, 0);
  });

  t.case("what grows in a followed folder comes into table and curves, in place; it is paused, resumed and stopped", async (kit) => {
    const page = await followed(kit, [["mlruns/0/meta.yaml", EXPERIMENT], ...mlrun(FIRST, "first", 4), ["table.csv", "id,lr,accuracy\na,0.1,0.5\n"]], "#/table?o=metric.loss,min,last");
    await runsAre(page, 2);
    await saysOf(page, "Following experiments: looked .*nothing new yet");
    await tableHas(page, "0.25");
    await kit.axe(page);
    // A run is pointed at, and stays so.
    await page.fill("[data-testid=filter]", "status:running");
    await page.press("[data-testid=filter]", "Enter");
    await page.waitForFunction(() => document.documentElement.dataset.shown === "1");
    const address = page.url();

    await write(page, [[`${FIRST}/metrics/loss`, points(4, 8), true]]);
    await saysOf(page, "1 run changed");
    await tableHas(page, "0.125");
    await write(page, mlrun(SECOND, "second", 5));
    await runsAre(page, 3);
    await saysOf(page, "1 run new");
    await page.waitForFunction(() => document.documentElement.dataset.shown === "2");
    assert.equal(page.url(), address);
    assert.equal((await kit.counts(page)).problems, 0);
    // Two sources, however often they were read.
    await page.getByTestId("receipt-button").click();
    assert.match(await page.textContent("[data-testid=receipt] p"), /^3 runs in .* from 2 sources/);
    await page.getByTestId("receipt").getByRole("button", { name: "Close" }).click();

    await page.evaluate(() => (location.hash = "#/curves?o=metric.loss,min,last"));
    await page.waitForSelector("[data-view=curves] .curves-plot canvas");
    await kit.calm(page);
    const before = await page.textContent("[data-view=curves] figcaption");
    assert.ok((await painted(page)) > 0);
    await write(page, [[`${SECOND}/metrics/loss`, points(5, 40), true]]);
    await page.waitForFunction((before) => document.querySelector("[data-view=curves] figcaption").textContent !== before, before);
    await kit.calm(page);
    await kit.screens(page, "follow");

    await press(page, "Pause");
    await saysOf(page, "paused");
    await write(page, [["table.csv", "b,0.2,0.75\n", true]]);
    await page.waitForTimeout(3_000);
    assert.equal((await kit.counts(page)).runs, 3);
    await press(page, "Resume");
    await runsAre(page, 4);
    await press(page, "Stop");
    await page.waitForSelector(BAR, { state: "detached" });
    await write(page, [["table.csv", "c,0.3,0.8\n", true]]);
    await page.waitForTimeout(3_000);
    assert.equal((await kit.counts(page)).runs, 4);
  });

  t.case("a file that is half written is a problem until it is whole", async (kit) => {
    const bytes = [...(await readFile(EVENTS))];
    const half = Math.floor(bytes.length / 2) + 3;
    const page = await followed(kit, [["logs/003/events.out.tfevents.1.vm", bytes.slice(0, half)], ["other.csv", "id,lr,loss\na,0.1,0.5\nb,oops,\n"]]);
    await runsAre(page, 3);
    const { problems } = await kit.counts(page);
    await write(page, [["logs/003/events.out.tfevents.1.vm", bytes.slice(half), true]]);
    await saysOf(page, "1 run changed");
    await page.waitForFunction((problems) => Number(document.documentElement.dataset.problems) < problems, problems);
    assert.equal((await kit.counts(page)).runs, 3);
  });

  t.case("a folder that is gone is told, and what was read stays", async (kit) => {
    const page = await followed(kit, [["table.csv", "id,lr,accuracy\na,0.1,0.5\n"]]);
    await page.evaluate(async () => (await navigator.storage.getDirectory()).removeEntry("experiments", { recursive: true }));
    await saysOf(page, "cannot be read: it is no longer there");
    assert.equal((await kit.counts(page)).runs, 1);
    await kit.axe(page);
    await press(page, "Stop");
    await page.waitForSelector(BAR, { state: "detached" });
    assert.equal((await kit.counts(page)).runs, 1);
  });

  t.case("the engine dies while a folder is followed: it is read again, and followed on", { allow: ["console", "pageerror"] }, async (kit) => {
    const page = await followed(kit, [["table.csv", "id,lr,accuracy\na,0.1,0.5\n"]]);
    await write(page, [["table.csv", "b,0.2,0.75\n", true]]);
    await runsAre(page, 2);
    await kit.calm(page);
    await page.evaluate(() => wasm_bindgen.plant_panic(false));
    await write(page, [["table.csv", "c,0.3,0.8\n", true]]);
    await runsAre(page, 3);
  });

  t.case("where no worker can be started any more what is new is not waited for", { allow: ["console", "pageerror"] }, async (kit) => {
    const page = await followed(kit, [["table.csv", "id,lr,accuracy\na,0.1,0.5\n"]]);
    await page.evaluate(() => {
      globalThis.Worker = class {
        constructor() {
          throw new Error("no worker");
        }
      };
    });
    // Each kills one hand, where it is not the one that is dying already.
    for (let turn = 0; turn < 12; turn += 1) {
      await page.evaluate(() => wasm_bindgen.plant_panic(true));
      await page.waitForTimeout(400);
    }
    await write(page, [["table.csv", "b,0.2,0.75\n", true]]);
    await saysOf(page, "was not read to its end");
    assert.equal((await kit.counts(page)).runs, 1);
    await page.waitForFunction(() => Number(document.documentElement.dataset.problems) > 0);
    await press(page, "Stop");
    await page.waitForSelector(BAR, { state: "detached" });
  });

  t.case("runs that a file has no more, and files that are gone, are told and can be filtered", async (kit) => {
    const page = await followed(kit, [["table.csv", "id,lr,loss\na,0.1,0.5\nb,0.2,0.4\nc,0.3,0.3\n"], ["other.csv", "id,lr,loss\nz,0.5,0.7\n"], ["notes.txt", "Nothing to read.\n"]], "#/table?o=metric.loss,min,last");
    await runsAre(page, 4);
    await write(page, [["table.csv", "id,lr,loss\nb,0.2,0.4\nd,0.4,0.2\n"]]);
    await saysOf(page, "1 run new, 2 in no file any more");
    // It stands open: the notes were not read.
    const receipt = page.getByTestId("receipt");
    await receipt.getByText("2 runs are in no file any more").waitFor();
    await receipt.getByText(/· 2 runs and 2 that it has no more · /).waitFor();
    await kit.axe(page);
    await receipt.getByRole("button", { name: "Show only these" }).click();
    await page.waitForFunction(() => document.documentElement.dataset.shown === "2");
    assert.equal(await page.inputValue("[data-testid=filter]"), "@gone");
    await page.evaluate(async () => {
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("experiments");
      // What nobody read is not told.
      await folder.removeEntry("notes.txt");
      await folder.removeEntry("other.csv");
    });
    await saysOf(page, "1 run in no file any more, 1 file gone");
    await page.waitForFunction(() => document.documentElement.dataset.shown === "3");
    assert.equal((await kit.counts(page)).runs, 5);
  });

  t.case("a session is kept while the folder is followed, once it is left alone for a moment", async (kit) => {
    const page = await followed(kit, [["table.csv", "id,lr,accuracy\na,0.1,0.5\n"]], "#/table?o=metric.accuracy,max,last");
    await page.getByRole("button", { name: "Yes, keep" }).click();
    await write(page, [["table.csv", "b,0.2,0.75\n", true]]);
    await runsAre(page, 2);
    await page.getByText("What is new is kept once the folder is left alone").waitFor();
    await page.getByText("What is new is kept once the folder is left alone").waitFor({ state: "detached", timeout: 30_000 });
    await page.goto(kit.base);
    await page.reload();
    await kit.waitState(page, "empty");
    const goOn = page.getByTestId("go-on");
    assert.match(await goOn.textContent(), /2 runs, .* last used /);
    await goOn.getByRole("button", { name: "Go on" }).click();
    await runsAre(page, 2);
  });

  t.case("a session is written when the folder is followed no more, with the files as they are then", async (kit) => {
    const page = await followed(kit, [["table.csv", "id,lr,accuracy\na,0.1,0.5\n"]], "#/table?o=metric.accuracy,max,last");
    await page.getByRole("button", { name: "Yes, keep" }).click();
    await write(page, [["table.csv", "b,0.2,0.75\n", true]]);
    await runsAre(page, 2);
    await press(page, "Stop");
    await page.waitForTimeout(2_000);
    await page.goto(kit.base);
    await page.reload();
    await kit.waitState(page, "empty");
    const goOn = page.getByTestId("go-on");
    assert.match(await goOn.textContent(), /2 runs, .* last used /);
    await goOn.getByRole("button", { name: "Go on" }).click();
    await runsAre(page, 2);
    assert.equal(await page.locator(BAR).count(), 0);
  });

  t.case("where a browser has no handles the page says so", async (kit) => {
    await kit.context.addInitScript(() => delete globalThis.showDirectoryPicker);
    const page = await kit.open();
    await kit.waitState(page, "empty");
    assert.equal(await page.getByRole("button", { name: "Follow a folder" }).count(), 0);
    assert.match(await page.textContent("main"), /cannot follow a folder/);
  });
}
