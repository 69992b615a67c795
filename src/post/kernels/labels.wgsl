// PoST labels: scrypt-jane with ChaCha20/8 and Keccak-512, r = p = 1. Spec 03 §2.2 and §7.
// One invocation is one label; N steps are split over dispatches that carry the block in `blocks`.
// CPU twin: src/post/labels/{cpu,mix,hmac}.ts.

/// Scrypt's cost N, a power of two.
override SCRYPT_N: u32;
/// Only every GAP-th row is stored, the others are computed again; a power of two up to N.
override GAP: u32;
/// Labels for which the buffers have room.
override CAPACITY: u32;
override WORKGROUP: u32;

struct Params {
  commitment: array<vec4<u32>, 2>,
  /// First label's index, low and high word.
  start: vec2<u32>,
  /// Labels of this batch.
  count: u32,
  /// Steps of this dispatch: from (inclusive), to (exclusive).
  step_from: u32,
  step_to: u32,
}

/// A scrypt block: two halves of sixteen words, as rows of four.
struct Block {
  a: vec4<u32>,
  b: vec4<u32>,
  c: vec4<u32>,
  d: vec4<u32>,
  e: vec4<u32>,
  f: vec4<u32>,
  g: vec4<u32>,
  h: vec4<u32>,
}

struct Half {
  a: vec4<u32>,
  b: vec4<u32>,
  c: vec4<u32>,
  d: vec4<u32>,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> blocks: array<Block>;
/// Row by row, and in a row label by label: each read is one line of 128 bytes.
@group(0) @binding(2) var<storage, read_write> rows: array<Block>;
@group(0) @binding(3) var<storage, read_write> outputs: array<vec4<u32>>;

// ---- ChaCha core and block mix

// Rotations with literal shifts: a shift by a parameter would be masked at run time.
fn rotl16(v: vec4<u32>) -> vec4<u32> { return (v << vec4(16u)) | (v >> vec4(16u)); }
fn rotl12(v: vec4<u32>) -> vec4<u32> { return (v << vec4(12u)) | (v >> vec4(20u)); }
fn rotl8(v: vec4<u32>) -> vec4<u32> { return (v << vec4(8u)) | (v >> vec4(24u)); }
fn rotl7(v: vec4<u32>) -> vec4<u32> { return (v << vec4(7u)) | (v >> vec4(25u)); }

/// Four quarter rounds side by side, one in each column.
fn quarter_rounds(x: Half) -> Half {
  let a1 = x.a + x.b;
  let d1 = rotl16(x.d ^ a1);
  let c1 = x.c + d1;
  let b1 = rotl12(x.b ^ c1);
  let a2 = a1 + b1;
  let d2 = rotl8(d1 ^ a2);
  let c2 = c1 + d2;
  let b2 = rotl7(b1 ^ c2);
  return Half(a2, b2, c2, d2);
}

/// Columns, then diagonals turned into columns and back.
fn double_round(x: Half) -> Half {
  let y = quarter_rounds(x);
  let z = quarter_rounds(Half(y.a, y.b.yzwx, y.c.zwxy, y.d.wxyz));
  return Half(z.a, z.b.wxyz, z.c.zwxy, z.d.yzwx);
}

/// ChaCha with eight rounds on sixteen words in natural order, plus its input. Without variables:
/// software adapters keep those in memory.
fn chacha(x: Half) -> Half {
  var y = x;
  for (var i = 0u; i < 4u; i++) { y = double_round(y); }
  return Half(y.a + x.a, y.b + x.b, y.c + x.c, y.d + x.d);
}

fn block_mix(x: Block) -> Block {
  let l = chacha(Half(x.a ^ x.e, x.b ^ x.f, x.c ^ x.g, x.d ^ x.h));
  let r = chacha(Half(x.e ^ l.a, x.f ^ l.b, x.g ^ l.c, x.h ^ l.d));
  return Block(l.a, l.b, l.c, l.d, r.a, r.b, r.c, r.d);
}

fn xor_blocks(x: Block, y: Block) -> Block {
  return Block(
    x.a ^ y.a, x.b ^ y.b, x.c ^ y.c, x.d ^ y.d,
    x.e ^ y.e, x.f ^ y.f, x.g ^ y.g, x.h ^ y.h,
  );
}

@compute @workgroup_size(WORKGROUP)
fn fill(@builtin(global_invocation_id) id: vec3<u32>) {
  let label = id.x;
  if (label >= params.count) { return; }
  var x = blocks[label];
  for (var row = params.step_from; row < params.step_to; row++) {
    if (row % GAP == 0u) { rows[(row / GAP) * CAPACITY + label] = x; }
    x = block_mix(x);
  }
  blocks[label] = x;
}

@compute @workgroup_size(WORKGROUP)
fn mix_rows(@builtin(global_invocation_id) id: vec3<u32>) {
  let label = id.x;
  if (label >= params.count) { return; }
  var x = blocks[label];
  for (var step = params.step_from; step < params.step_to; step++) {
    let row = x.e.x & (SCRYPT_N - 1u);
    var v = rows[(row / GAP) * CAPACITY + label];
    for (var again = row % GAP; again > 0u; again--) { v = block_mix(v); }
    x = block_mix(xor_blocks(x, v));
  }
  blocks[label] = x;
}

// ---- Keccak-512, HMAC and PBKDF2 with one iteration; lanes as (low, high) words

const ROUND_CONSTANTS = array<vec2<u32>, 24>(
  vec2(0x00000001u, 0x00000000u), vec2(0x00008082u, 0x00000000u),
  vec2(0x0000808au, 0x80000000u), vec2(0x80008000u, 0x80000000u),
  vec2(0x0000808bu, 0x00000000u), vec2(0x80000001u, 0x00000000u),
  vec2(0x80008081u, 0x80000000u), vec2(0x00008009u, 0x80000000u),
  vec2(0x0000008au, 0x00000000u), vec2(0x00000088u, 0x00000000u),
  vec2(0x80008009u, 0x00000000u), vec2(0x8000000au, 0x00000000u),
  vec2(0x8000808bu, 0x00000000u), vec2(0x0000008bu, 0x80000000u),
  vec2(0x00008089u, 0x80000000u), vec2(0x00008003u, 0x80000000u),
  vec2(0x00008002u, 0x80000000u), vec2(0x00000080u, 0x80000000u),
  vec2(0x0000800au, 0x00000000u), vec2(0x8000000au, 0x80000000u),
  vec2(0x80008081u, 0x80000000u), vec2(0x00008080u, 0x80000000u),
  vec2(0x80000001u, 0x00000000u), vec2(0x80008008u, 0x80000000u),
);

/// Where the lane that walks through rho and pi goes next, and by how much it is rotated.
const PI_LANES = array<u32, 24>(
  10u, 7u, 11u, 17u, 18u, 3u, 5u, 16u, 8u, 21u, 24u, 4u,
  15u, 23u, 19u, 13u, 12u, 2u, 20u, 14u, 22u, 9u, 6u, 1u,
);
const RHO = array<u32, 24>(
  1u, 3u, 6u, 10u, 15u, 21u, 28u, 36u, 45u, 55u, 2u, 14u,
  27u, 41u, 56u, 8u, 25u, 43u, 62u, 18u, 39u, 61u, 20u, 44u,
);

alias State = array<vec2<u32>, 25>;

/// Rotation of a lane to the left by 1 to 63, not 32.
fn rotl_lane(lane: vec2<u32>, by: u32) -> vec2<u32> {
  let v = select(lane, lane.yx, by > 32u);
  let n = by & 31u;
  return (v << vec2<u32>(n)) | (v.yx >> vec2<u32>(32u - n));
}

fn keccak_f(s: ptr<function, State>) {
  var round_constants = ROUND_CONSTANTS;
  var pi_lanes = PI_LANES;
  var rho = RHO;
  for (var round = 0u; round < 24u; round++) {
    var columns: array<vec2<u32>, 5>;
    for (var x = 0u; x < 5u; x++) {
      columns[x] = (*s)[x] ^ (*s)[x + 5u] ^ (*s)[x + 10u] ^ (*s)[x + 15u] ^ (*s)[x + 20u];
    }
    for (var x = 0u; x < 5u; x++) {
      let d = columns[(x + 4u) % 5u] ^ rotl_lane(columns[(x + 1u) % 5u], 1u);
      for (var y = 0u; y < 25u; y += 5u) { (*s)[x + y] ^= d; }
    }
    var walking = (*s)[1];
    for (var i = 0u; i < 24u; i++) {
      let lane = pi_lanes[i];
      let next = (*s)[lane];
      (*s)[lane] = rotl_lane(walking, rho[i]);
      walking = next;
    }
    for (var y = 0u; y < 25u; y += 5u) {
      let row = array<vec2<u32>, 5>(
        (*s)[y], (*s)[y + 1u], (*s)[y + 2u], (*s)[y + 3u], (*s)[y + 4u],
      );
      (*s)[y] = row[0] ^ (~row[1] & row[2]);
      (*s)[y + 1u] = row[1] ^ (~row[2] & row[3]);
      (*s)[y + 2u] = row[2] ^ (~row[3] & row[4]);
      (*s)[y + 3u] = row[3] ^ (~row[4] & row[0]);
      (*s)[y + 4u] = row[4] ^ (~row[0] & row[1]);
    }
    (*s)[0] ^= round_constants[round];
  }
}

/// State after one block that holds the password (commitment, index, 32 zero bytes) xor `pad`.
fn keyed(label: u32, pad: u32) -> State {
  let low = params.start.x + label;
  let high = params.start.y + select(0u, 1u, low < params.start.x);
  var s: State;
  s[0] = params.commitment[0].xy;
  s[1] = params.commitment[0].zw;
  s[2] = params.commitment[1].xy;
  s[3] = params.commitment[1].zw;
  s[4] = vec2(low, high);
  for (var i = 0u; i < 9u; i++) { s[i] ^= vec2(pad); }
  keccak_f(&s);
  return s;
}

const IPAD = 0x36363636u;
const OPAD = 0x5c5c5c5cu;

/// Outer hash of HMAC over the digest in the first eight lanes of `inner`.
fn finish_hmac(inner: State, outer: State) -> State {
  var s = outer;
  for (var i = 0u; i < 8u; i++) { s[i] ^= inner[i]; }
  s[8] ^= vec2(0x01u, 0x80000000u);
  keccak_f(&s);
  return s;
}

@compute @workgroup_size(WORKGROUP)
fn start(@builtin(global_invocation_id) id: vec3<u32>) {
  let label = id.x;
  if (label >= params.count) { return; }
  let inner = keyed(label, IPAD);
  let outer = keyed(label, OPAD);
  var halves: array<State, 2>;
  for (var i = 0u; i < 2u; i++) {
    var s = inner;
    s[0] ^= vec2((i + 1u) << 24u, 0x01u);
    s[8] ^= vec2(0u, 0x80000000u);
    keccak_f(&s);
    halves[i] = finish_hmac(s, outer);
  }
  blocks[label] = Block(
    vec4(halves[0][0], halves[0][1]), vec4(halves[0][2], halves[0][3]),
    vec4(halves[0][4], halves[0][5]), vec4(halves[0][6], halves[0][7]),
    vec4(halves[1][0], halves[1][1]), vec4(halves[1][2], halves[1][3]),
    vec4(halves[1][4], halves[1][5]), vec4(halves[1][6], halves[1][7]),
  );
}

@compute @workgroup_size(WORKGROUP)
fn finish(@builtin(global_invocation_id) id: vec3<u32>) {
  let label = id.x;
  if (label >= params.count) { return; }
  let x = blocks[label];
  let salt = array<vec2<u32>, 16>(
    x.a.xy, x.a.zw, x.b.xy, x.b.zw, x.c.xy, x.c.zw, x.d.xy, x.d.zw,
    x.e.xy, x.e.zw, x.f.xy, x.f.zw, x.g.xy, x.g.zw, x.h.xy, x.h.zw,
  );
  var s = keyed(label, IPAD);
  for (var i = 0u; i < 9u; i++) { s[i] ^= salt[i]; }
  keccak_f(&s);
  for (var i = 0u; i < 7u; i++) { s[i] ^= salt[i + 9u]; }
  s[7] ^= vec2(1u << 24u, 0x01u);
  s[8] ^= vec2(0u, 0x80000000u);
  keccak_f(&s);
  let digest = finish_hmac(s, keyed(label, OPAD));
  outputs[2u * label] = vec4(digest[0], digest[1]);
  outputs[2u * label + 1u] = vec4(digest[2], digest[3]);
}
