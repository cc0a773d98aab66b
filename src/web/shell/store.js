// Where sessions lie in this browser. Here rather than in the program, where the same weighs eight times as much.
//
// They lie in the folder `runsift` that the browser has for the page alone (the origin-private file system); where it gives none,
// as to a page opened from a file, in its database (IndexedDB). What former versions put into the database is listed, opened
// and deleted there, and goes into the folder when it is written next.
//
// Of each session there is a text, what is sealed of it, and drops: here `[text, sealed, drops]`. The latter two are
// arrays in arrays, with bytes (Uint8Array) and blobs.

// --- the folder
//
// A session is the file `KEY.session`: its text, what is sealed of it, and the name of a file `WORD.drops`, in which are
// the drops. The latter is written once and never changed. First new drops are written, then the session's file, which the
// browser puts in the place of the former as a whole, then what no session names is removed: a tab that dies at any
// moment leaves the former session, or the new one, and files that the next visit removes.
//
// Whoever looks into the folder holds the lock `runsift`, so that tabs neither write over one another nor remove what
// another has written but not named yet. Whoever has opened a session reads its drops until the tab ends, and so long holds a
// shared lock of that file's name: what is so held stays, also where the session was written anew or deleted. Thus what was
// deleted can be brought back. The browser takes locks back when a tab ends, however it does.
//
// A file is the length of its head (four bytes, the lowest first), the head, and bytes. The head is JSON of an array, where
// `{"blob": n}` and `{"bytes": n}` stand for the next so many of the bytes. Blobs are read when they are needed.

// A lock, as what gives it back, and tells when it is; nothing where it was wished at once and is not free.
const held = (name, wish) =>
  new Promise((got, failed) => {
    const over = navigator.locks.request(name, wish, (lock) => lock && new Promise((end) => got(() => (end(), over))));
    over.then(() => got(), failed);
  });

// What gives back the locks of the drops that this page reads, and of which session they are, by the names of their files. Of one
// session there are several where it was opened and then written anew.
const reading = {};

// The files that are removed once nobody reads them any more.
const waiting = new Set();

const unlessAbsent = (error) => {
  if (error.name !== "NotFoundError") throw error;
};

const unpacked = async (file) => {
  const [length] = new Uint32Array(await file.slice(0, 4).arrayBuffer());
  let at = 4 + length;
  const taken = async (part) => {
    if (Array.isArray(part)) return Promise.all(part.map(taken));
    const size = part?.blob ?? part?.bytes;
    if (size === undefined) return part;
    const blob = file.slice(at, (at += size));
    return part.bytes === undefined ? blob : new Uint8Array(await blob.arrayBuffer());
  };
  return taken(JSON.parse(await file.slice(4, at).text()));
};

// The folder, with no other tab looking into it until `end`; fails where the browser gives none in which a page can write.
const openFolder = async () => {
  const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("runsift", { create: true });
  // Some browsers write into its files in workers only.
  if (!FileSystemFileHandle.prototype.createWritable) throw new Error("read only");
  const end = await held("runsift", {});

  const open = async (name) => (await folder.getFileHandle(name)).getFile();

  const write = async (name, value) => {
    const parts = [];
    const head = JSON.stringify(value, (_, part) => {
      if (!(part instanceof Blob || part instanceof Uint8Array)) return part;
      parts.push(part);
      return part instanceof Blob ? { blob: part.size } : { bytes: part.length };
    });
    const packed = new Blob([head]);
    const stream = await (await folder.getFileHandle(name, { create: true })).createWritable();
    await stream.write(new Blob([Uint32Array.of(packed.size), packed, ...parts]));
    await stream.close();
  };

  // Text, what is sealed, and the name of the file of drops. It is empty where a tab died before it was written the first time.
  const session = async (key) => {
    const file = await open(`${key}.session`).catch(unlessAbsent);
    return file?.size ? unpacked(file) : undefined;
  };

  const texts = async () => {
    const [all, used, left] = [[], [], []];
    let isSure = true;
    for await (const name of folder.keys()) {
      const [key, kind] = name.split(/\.(?=\w+$)/);
      if (kind === "session") {
        try {
          const known = await session(key);
          if (known) all.push([key, known[0]]);
          (known ? used : left).push(known ? known[2] : name);
        } catch {
          // Whose drops these are is not known.
          isSure = false;
        }
      } else if (kind === "drops" || kind === "crswap") {
        // The latter Chromium writes, and leaves where it dies. What else is there is of another version.
        left.push(name);
      }
    }
    for (const name of left.filter((name) => isSure && !used.includes(name) && !waiting.has(name))) {
      const remove = (free) => folder.removeEntry(name).then(free, free);
      const free = await held(name, { ifAvailable: true });
      if (free) {
        await remove(free);
      } else {
        // Whoever reads it may be another tab, or this one's former page, which is about to end. Where this one ends before
        // them it is removed on the next visit. Nobody begins to read what no session names.
        waiting.add(name);
        held(name, {}).then(remove).catch(() => {});
      }
    }
    return all;
  };

  return {
    end,
    session,
    texts,
    read: async (key) => {
      const known = await session(key);
      if (known?.[2]) {
        reading[known[2]] ??= [key, await held(known[2], { mode: "shared" })];
        known[2] = await unpacked(await open(known[2]));
      }
      return known;
    },
    put: async (key, text, sealed, drops) => {
      const isNew = Array.isArray(drops);
      const file = isNew ? `${crypto.randomUUID()}.drops` : drops;
      try {
        if (isNew) await write(file, drops);
        await write(`${key}.session`, [text, sealed, file]);
      } finally {
        // The former drops, or what was written of new ones until the disk was full.
        if (isNew) await texts().catch(() => {});
      }
    },
    leave: async (key) => {
      for (const [name, [of, free]] of Object.entries(reading)) {
        if (of !== key) continue;
        await free();
        delete reading[name];
      }
    },
    forget: async (key) => {
      await folder.removeEntry(`${key}.session`).catch(unlessAbsent);
      await texts().catch(() => {});
    },
  };
};

// --- the database: a store of texts, each alone or in an array with what is sealed, and one of drops, by the same keys

const STORES = ["texts", "drops"];

const result = (request) =>
  new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });

const openDatabase = async () => {
  const request = indexedDB.open("runsift", 1);
  request.onupgradeneeded = () => STORES.forEach((name) => request.result.createObjectStore(name));
  const database = await result(request);
  let changes, texts, drops;
  const begin = () => {
    changes = database.transaction(STORES, "readwrite");
    [texts, drops] = STORES.map((name) => changes.objectStore(name));
  };
  const written = () =>
    new Promise((done, failed) => {
      changes.oncomplete = () => done();
      changes.onabort = () => failed(changes.error);
    });
  const session = (text, files) => {
    const [plain, sealed] = [text].flat();
    return plain && [plain, sealed, files];
  };

  return {
    end: () => database.close(),
    session: async (key) => {
      begin();
      return session(await result(texts.get(key)));
    },
    // In the transaction in which the session was looked for: no other tab writes between.
    put: (key, text, sealed, files) => {
      texts.put(sealed ? [text, sealed] : text, key);
      if (files) drops.put(files, key);
      return written();
    },
    read: async (key) => {
      begin();
      const [text, files = []] = await Promise.all([result(texts.get(key)), result(drops.get(key))]);
      return session(text, files);
    },
    texts: async () => {
      begin();
      const [keys, all] = await Promise.all([result(texts.getAllKeys()), result(texts.getAll())]);
      return keys.map((key, at) => [key, session(all[at])?.[0]]);
    },
    forget: async (key) => {
      begin();
      texts.delete(key);
      drops.delete(key);
      return written();
    },
  };
};

// --- both; the program calls `end` when it has done what belongs together

globalThis.runsiftStore = async () => {
  const folder = await openFolder().catch(() => {});
  const database = await openDatabase().catch((error) => {
    if (!folder) throw error;
  });
  let known, isFormer;
  return {
    end: () => {
      folder?.end();
      database?.end();
    },
    text: async (key) => {
      known = await folder?.session(key);
      isFormer = !known;
      // The folder is enough where the database does not read.
      known ??= await (folder ? database?.read(key).catch(() => {}) : database.session(key));
      return known?.[0];
    },
    // What is not given stays as it was when the text was asked for.
    put: async (key, text, sealed = known?.[1], drops = known?.[2]) => {
      if (!folder) return database.put(key, text, sealed, drops);
      await folder.put(key, text, sealed, drops);
      // What cannot be deleted now is on the next visit.
      if (known && isFormer) await database.forget(key).catch(() => {});
    },
    read: async (key) => (await folder?.read(key)) ?? database?.read(key),
    texts: async () => {
      const all = (await folder?.texts()) ?? [];
      for (const one of (await database?.texts().catch(() => {})) ?? []) {
        // Of one that is in both a tab died after it had moved it.
        if (all.some(([key]) => key === one[0])) await database.forget(one[0]).catch(() => {});
        else all.push(one);
      }
      return all;
    },
    // Its drops are read no more: nothing of it stays when it is deleted.
    leave: async (key) => folder?.leave(key),
    forget: async (key) => {
      await folder?.forget(key);
      await database?.forget(key);
    },
  };
};
