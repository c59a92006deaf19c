// How sizes and times are shown.

const units = ["byte", "kilobyte", "megabyte"] as const;

export function showSize(bytes: number): string {
  const step = Math.min(Math.floor(Math.log(Math.max(bytes, 1)) / Math.log(1000)), units.length - 1);
  const value = bytes / 1000 ** step;
  return new Intl.NumberFormat("en", {
    style: "unit",
    unit: units[step],
    unitDisplay: step === 0 ? "long" : "short",
    maximumFractionDigits: value < 10 && step > 0 ? 1 : 0,
  }).format(value);
}

const times = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

export function showTime(iso: string): string {
  return times.format(new Date(iso));
}

/** A title to begin with: `IMG_sunset-2.png` is "IMG sunset 2". */
export function titleOf(fileName: string): string {
  return fileName
    .replace(/\.[^.]+$/, "")
    .replace(/[-_]+/g, " ")
    .trim();
}
