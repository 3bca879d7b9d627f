// Grey levels become a PNG file (RFC 2083); the browser itself deflates.

const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];
const CRCS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  return crc;
});

// Return a Blob: columns times rows grey levels of 8 bits.
export async function png(grey, columns, rows) {
  const lines = new Uint8Array(rows * (columns + 1)); // each line begins with filter 0
  for (let row = 0; row < rows; row += 1) {
    lines.set(grey.subarray(row * columns, (row + 1) * columns), row * (columns + 1) + 1);
  }
  const header = [...bytesOf(columns), ...bytesOf(rows), 8, 0, 0, 0, 0];
  const parts = [chunk("IHDR", header), chunk("IDAT", await deflate(lines)), chunk("IEND", [])];
  return new Blob([new Uint8Array(SIGNATURE), ...parts], { type: "image/png" });
}

async function deflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function chunk(name, data) {
  const named = new Uint8Array([...new TextEncoder().encode(name), ...data]);
  return new Uint8Array([...bytesOf(data.length), ...named, ...bytesOf(checksum(named))]);
}

function checksum(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = CRCS[(crc ^ byte) & 255] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

function bytesOf(number) {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255);
}
