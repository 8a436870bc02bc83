//! Hash functions of the ledger. Each is part of the state's meaning and is kept for ever.
//!
//! They are built on one primitive, the 128-bit product of two words folded to 64 bits. What clients could steer
//! (ids, contents, account numbers in the index) is hashed with the ledger's key.

use zerocopy::{FromBytes, Immutable, IntoBytes};

/// Odd constants with as many ones as zeros: the first digits of pi's fraction.
const PI: [u64; 4] =
    [0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7345, 0xa409_3822_299f_31d1, 0x082e_fa98_ec4e_6c89];

#[inline(always)]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

/// The key of a ledger's hashes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct HashKey {
    words: [u64; 2],
}

impl HashKey {
    pub(crate) fn new(words: [u64; 2]) -> HashKey {
        HashKey { words }
    }

    /// Hash of an id within its scope, for the id index.
    #[inline]
    pub(crate) fn id(&self, scope: u64, id: u128) -> u32 {
        let mixed = fold(id as u64 ^ self.words[0], (id >> 64) as u64 ^ self.words[1]);
        (fold(mixed ^ scope ^ PI[0], self.words[0] ^ PI[1]) >> 32) as u32
    }

    /// Hash of an account or a book, for its index.
    #[inline]
    pub(crate) fn owner(&self, owner: u64) -> u32 {
        (fold(owner ^ self.words[0], self.words[1] ^ PI[2]) >> 32) as u32
    }

    /// Hash of a command less what the edge stamps: all but bytes 4 to 15.
    #[inline]
    pub(crate) fn content(&self, command: &[u8]) -> u64 {
        let (head, rest) = command.split_at(16);
        let head = u32::from_le_bytes([head[0], head[1], head[2], head[3]]);
        let (words, _) =
            <[[u8; 8]]>::ref_from_prefix_with_elems(rest, rest.len() / 8).expect("any bytes are words");
        words.chunks(2).fold(fold(u64::from(head) ^ self.words[0], PI[3] ^ self.words[1]), |hash, pair| {
            let first = u64::from_le_bytes(pair[0]);
            let second = pair.get(1).map_or(0, |word| u64::from_le_bytes(*word));
            fold(first ^ hash, second ^ self.words[1]).wrapping_add(hash)
        })
    }
}

/// Hash of a row's table, slot and bytes for the digest; 0 for a row of zeros.
///
/// Sums of products of word pairs with fixed offsets, so that the multiplications do not wait for one another.
#[inline(always)]
pub(crate) fn row_hash<T: IntoBytes + Immutable>(table: u32, slot: u32, row: &T) -> u64 {
    const { assert!(size_of::<T>().is_multiple_of(8)) };
    let (words, _) =
        <[[u8; 8]]>::ref_from_prefix_with_elems(row.as_bytes(), size_of::<T>() / 8).expect("whole words");
    let mut sum = 0u128;
    let mut any = 0;
    for (place, pair) in words.chunks(2).enumerate() {
        let first = u64::from_le_bytes(pair[0]);
        let second = pair.get(1).map_or(0, |word| u64::from_le_bytes(*word));
        let offset = PI[place % 4].wrapping_mul(2 * place as u64 + 1);
        sum = sum.wrapping_add(
            u128::from(first.wrapping_add(offset)) * u128::from(second.wrapping_add(offset.rotate_left(31))),
        );
        any |= first | second;
    }
    if any == 0 {
        return 0;
    }
    let at = u64::from(table) << 32 | u64::from(slot);
    fold(sum as u64 ^ at ^ PI[1], (sum >> 64) as u64 ^ at.wrapping_mul(PI[3]) ^ PI[2])
}

/// The partition of an account or a principal, of `partitions` (a power of two).
#[inline]
pub(crate) fn account_partition(account: u64, partitions: usize) -> usize {
    spread(account) as usize & (partitions - 1)
}

/// The partition of a book, of `partitions` (a power of two).
#[inline]
pub(crate) fn book_partition(book: u32, partitions: usize) -> usize {
    spread(!u64::from(book)) as usize & (partitions - 1)
}

/// Not keyed: a partition's number is part of file names and must be known before the ledger is.
fn spread(owner: u64) -> u64 {
    fold(owner ^ PI[0], PI[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_edge_stamps_is_no_content() {
        let key = HashKey::new([1, 2]);
        let mut command = [7u8; 56];
        let content = key.content(&command);
        command[4..16].fill(0xff);
        assert_eq!(key.content(&command), content);
        for place in (0..4).chain(16..56) {
            let mut other = command;
            other[place] ^= 1;
            assert_ne!(key.content(&other), content, "byte {place}");
        }
    }

    #[test]
    fn rows_of_zeros_add_nothing_and_places_tell() {
        assert_eq!(row_hash(1, 2, &[0u64; 6]), 0);
        let row = [1u64, 0, 0];
        assert_ne!(row_hash(1, 2, &row), row_hash(1, 3, &row));
        assert_ne!(row_hash(1, 2, &row), row_hash(2, 2, &row));
        assert_ne!(row_hash(1, 2, &row), row_hash(1, 2, &[0u64, 1, 0]));
    }

    #[test]
    fn partitions_are_kept_for_ever() {
        let of = |owner| (account_partition(owner, 16), book_partition(owner as u32, 16));
        assert_eq!([of(1), of(2), of(3), of(1_000_000)], [(15, 14), (0, 9), (5, 4), (12, 13)]);
    }
}
