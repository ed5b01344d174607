//! Philox4x32-10: 128 bits of counter, mixed under 64 bits of key.
//!
//! Apart from the draws because it is the whole of the randomness: pure integer arithmetic on words of 32 bits, which
//! any device computes alike, with published vectors to hold it to.

const ROUNDS: usize = 10;
const MULTIPLIERS: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
/// The golden ratio and the square root of three less one: what the key moves by in each round.
const KEY_STEPS: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
/// Philox4x32-10 of `N` counters under one key, laid out word by word so that the loop over lanes becomes SIMD.
#[cfg_attr(optimised, inline(always))]
pub(super) fn mix<const N: usize>(mut counter: [[u32; N]; 4], mut key: [u32; 2]) -> [[u32; N]; 4] {
    for _ in 0..ROUNDS {
        let [a, b, c, d] = &mut counter;
        for lane in 0..N {
            let left = u64::from(a[lane]) * u64::from(MULTIPLIERS[0]);
            let right = u64::from(c[lane]) * u64::from(MULTIPLIERS[1]);
            a[lane] = (right >> 32) as u32 ^ b[lane] ^ key[0];
            b[lane] = right as u32;
            c[lane] = (left >> 32) as u32 ^ d[lane] ^ key[1];
            d[lane] = left as u32;
        }
        key = [key[0].wrapping_add(KEY_STEPS[0]), key[1].wrapping_add(KEY_STEPS[1])];
    }
    counter
}

/// The low and the high half.
pub(super) const fn split_words(bits: u64) -> [u32; 2] {
    [bits as u32, (bits >> 32) as u32]
}

/// The inverse of [`split_words`].
pub(super) const fn join_words(low: u32, high: u32) -> u64 {
    (high as u64) << 32 | low as u64
}

/// The four words of a block as two of 64 bits.
pub(super) fn pairs([a, b, c, d]: [u32; 4]) -> [u64; 2] {
    [join_words(a, b), join_words(c, d)]
}

#[cfg(test)]
mod tests {
    use super::mix;

    #[test]
    fn philox_gives_the_published_vectors() {
        // Random123 1.14, tests/kat_vectors, lines `philox4x32 10`: counter, key, result.
        let cases = [
            ([0; 4], [0; 2], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
            ([u32::MAX; 4], [u32::MAX; 2], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
            (
                [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
                [0xa409_3822, 0x299f_31d0],
                [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1],
            ),
        ];
        for (counter, key, result) in cases {
            assert_eq!(mix(counter.map(|word| [word]), key), result.map(|word| [word]));
            assert_eq!(mix(counter.map(|word| [word; 8]), key), result.map(|word| [word; 8]));
        }
    }
}
