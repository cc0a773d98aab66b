// The contents of a small file, in pieces, and how many bytes they are; nothing of a large one, of which only the first piece is
// read. Of a hundred thousand files each step from here into the program and back would be felt.
globalThis.runsiftContents = async (file, most) => {
  const reader = file.stream().getReader();
  const pieces = [];
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return [pieces, bytes];
    bytes += value.length;
    pieces.push(value);
    if (bytes > most) return void (await reader.cancel());
  }
};
