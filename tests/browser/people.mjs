// What people do in many tests.

export const INPUT = "input[type=file]";
export const FILTER = "[data-testid=filter]";

/** Opens the page, gives its input these files, and waits until all is read. */
export const load = async ({ open, waitReady }, files, path = "") => {
  const page = await open(path);
  await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
  await page.setInputFiles(INPUT, files);
  await waitReady(page, 120_000);
  return page;
};

/** Types a filter. */
export const type = async (page, text) => {
  await page.fill(FILTER, text);
  await page.press(FILTER, "Enter");
};

/** A table of made-up runs whose loss hangs on the learning rate and the optimizer. */
export const table = (rows, seed = 7) => {
  let x = seed;
  const random = () => (x = (x * 48271) % 2147483647) / 2147483647;
  const lines = ["id,lr,batch_size,optimizer,dropout,val_loss"];
  for (let run = 0; run < rows; run += 1) {
    const lr = 10 ** (-5 + 4 * random());
    const optimizer = ["adam", "sgd", "lion"][Math.floor(3 * random())];
    const loss = (Math.log10(lr) + 3) ** 2 + (optimizer === "sgd" ? 1 : 0) + 0.1 * random();
    lines.push(`run-${run},${lr},${2 ** (4 + Math.floor(4 * random()))},${optimizer},${random()},${loss}`);
  }
  return lines.join("\n");
};
