//! Hash functions of the ledger. Each is part of the state's meaning and is kept for ever.
//!
//! They are built on one primitive, the 128-bit product of two words folded to 64 bits. What clients could steer
//! (ids, contents, account numbers in the index) is hashed with the ledger's key.

use zerocopy::{Immutable, IntoBytes};

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
        let mut hash = fold(u64::from(head) ^ self.words[0], PI[3] ^ self.words[1]);
        let mut pairs = rest.chunks_exact(16);
        for pair in &mut pairs {
            hash = fold(word_at(pair, 0) ^ hash, word_at(pair, 8) ^ self.words[1]).wrapping_add(hash);
        }
        if let Some(last) = pairs.remainder().get(..8) {
            hash = fold(word_at(last, 0) ^ hash, self.words[1]).wrapping_add(hash);
        }
        hash
    }
}

/// Hash of a row at a table's slot for the digest; 0 for a row of zeros.
pub(crate) fn row_hash<T: IntoBytes + Immutable>(table: u32, slot: u32, row: &T) -> u64 {
    Weights::new(table, slot).sum(row, |word| word)
}

/// What a change of a row adds to the digest.
#[inline(always)]
pub(crate) fn row_change<T: IntoBytes + Immutable>(table: u32, slot: u32, before: &T, after: &T) -> u64 {
    let before = before.as_bytes();
    let mut at = 0;
    Weights::new(table, slot).sum(after, |word| {
        let old = word_at(before, at);
        at += 8;
        word.wrapping_sub(old)
    })
}

/// Odd multipliers for the words of a row, other ones for each table and slot.
///
/// The hash is linear in the words, so that a change is hashed instead of the row before and after it. It finds
/// divergence, which is not out to deceive: any change of a single word changes it.
struct Weights {
    first: u64,
    step: u64,
}

impl Weights {
    #[inline(always)]
    fn new(table: u32, slot: u32) -> Weights {
        let at = u64::from(table) << 32 | u64::from(slot);
        let first = fold(at ^ PI[1], PI[3] | 1);
        Weights { first, step: first.rotate_left(32) ^ PI[0] }
    }

    #[inline(always)]
    fn sum<T: IntoBytes + Immutable>(&self, row: &T, mut word: impl FnMut(u64) -> u64) -> u64 {
        const { assert!(size_of::<T>().is_multiple_of(8)) };
        let bytes = row.as_bytes();
        let (mut sum, mut weight) = (0u64, self.first);
        for place in 0..size_of::<T>() / 8 {
            sum = sum.wrapping_add(word(word_at(bytes, place * 8)).wrapping_mul(weight | 1));
            weight = weight.wrapping_add(self.step);
        }
        sum
    }
}

#[inline(always)]
fn word_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("a word is eight bytes"))
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
    fn a_change_is_the_difference() {
        let (before, after) = ([1u64, u64::MAX, 3], [9u64, 0, 3]);
        let difference = row_hash(4, 5, &after).wrapping_sub(row_hash(4, 5, &before));
        assert_eq!(row_change(4, 5, &before, &after), difference);
        assert_ne!(difference, 0);
    }

    #[test]
    fn partitions_are_kept_for_ever() {
        let of = |owner| (account_partition(owner, 16), book_partition(owner as u32, 16));
        assert_eq!([of(1), of(2), of(3), of(1_000_000)], [(15, 14), (0, 9), (5, 4), (12, 13)]);
    }
}
