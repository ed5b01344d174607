//! Records of TensorFlow's files: a length, its checksum, bytes, their checksum.
//!
//! Apart from the events because it does not matter what the bytes say. The framing is that of TensorFlow's
//! `lib/io/record_writer.h`; the checksum is CRC-32C (Castagnoli; RFC 3720, appendix B.4), rotated and shifted so that
//! a checksum of bytes that hold checksums is a good one.

/// The polynomial, lowest bit first.
const POLYNOMIAL: u32 = 0x82f6_3b78;
/// What a rotated checksum is shifted by.
const SHIFT: u32 = 0xa282_ead8;

/// What each byte adds.
const TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let (mut sum, mut bit) = (byte as u32, 0);
        while bit < 8 {
            sum = if sum & 1 == 1 { sum >> 1 ^ POLYNOMIAL } else { sum >> 1 };
            bit += 1;
        }
        table[byte] = sum;
        byte += 1;
    }
    table
};

fn crc32c(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum: u32, &byte| sum >> 8 ^ TABLE[(sum as u8 ^ byte) as usize])
}

fn masked(bytes: &[u8]) -> [u8; 4] {
    crc32c(bytes).rotate_right(15).wrapping_add(SHIFT).to_le_bytes()
}

/// The bytes as one record.
pub(super) fn record(bytes: &[u8]) -> Vec<u8> {
    let length = (bytes.len() as u64).to_le_bytes();
    [&length[..], &masked(&length), bytes, &masked(bytes)].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 3720, appendix B.4, and the check value of the catalogues.
    #[test]
    fn checksums_are_those_of_the_standard() {
        let (ascending, descending): (Vec<u8>, Vec<u8>) = ((0..32).collect(), (0..32).rev().collect());
        let cases = [
            (&b""[..], 0),
            (b"123456789", 0xe306_9283),
            (&[0; 32], 0x8a91_36aa),
            (&[0xff; 32], 0x62a8_ab43),
            (&ascending, 0x46dd_794e),
            (&descending, 0x113f_db5c),
        ];
        for (bytes, sum) in cases {
            assert_eq!(crc32c(bytes), sum, "{bytes:?}");
        }
    }

    /// How event files of TensorFlow and PyTorch begin: a first event of 24 bytes.
    #[test]
    fn a_record_is_a_length_bytes_and_their_checksums() {
        let framed = record(&[7; 24]);
        assert_eq!(framed[..12], [24, 0, 0, 0, 0, 0, 0, 0, 0xa3, 0x7f, 0x4b, 0x22]);
        assert_eq!((&framed[12..36], framed.len()), (&[7; 24][..], 40));
        assert_eq!(framed[36..], masked(&[7; 24]));
    }
}
