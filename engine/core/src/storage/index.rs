//! Finds rows by a 32-bit hash: cache-line buckets in small segments that split one at a time.
//!
//! The index holds hashes and slots only; whoever asks compares the row. The upper bits of the hash choose the
//! segment through a directory, the lower ones the bucket in it; a full bucket overflows to the next. A segment at its
//! load limit is split in two, which moves at most [`SEGMENT_ENTRIES_MAX`] entries, so that growth never stalls.
//! Nothing here depends on the order in which entries came except where they lie, which no one can see.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

use crate::storage::cpu::{places_of, prefetch};

const BUCKET_ENTRIES: usize = 8;
const SEGMENT_BUCKETS: usize = 256;
/// Above this load, seven eighths, buckets overflow too far.
const SEGMENT_ENTRIES_MAX: u32 = (SEGMENT_BUCKETS * BUCKET_ENTRIES * 7 / 8) as u32;
const DEPTH_MAX: u32 = 22;

/// Never a slot.
const EMPTY: u32 = u32::MAX;
/// Was removed from a bucket that had overflowed; searches go on past it.
const REMOVED: u32 = u32::MAX - 1;
/// Slots lie below this.
pub(crate) const SLOTS_MAX: u32 = REMOVED;

#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Bucket {
    hashes: [u32; BUCKET_ENTRIES],
    slots: [u32; BUCKET_ENTRIES],
}

const _: () = assert!(size_of::<Bucket>() == 64, "a bucket is a cache line");

struct Segment {
    buckets: Box<[Bucket; SEGMENT_BUCKETS]>,
    entries: u32,
    depth: u32,
}

/// Slots by hash.
pub(crate) struct Index {
    segments: Vec<Segment>,
    /// By the upper `depth` bits of the hash.
    directory: Vec<u32>,
    depth: u32,
}

impl Segment {
    fn new(depth: u32) -> Segment {
        let bucket = Bucket { hashes: [0; BUCKET_ENTRIES], slots: [EMPTY; BUCKET_ENTRIES] };
        let buckets = vec![bucket; SEGMENT_BUCKETS].into_boxed_slice();
        let Ok(buckets) = Box::<[Bucket; SEGMENT_BUCKETS]>::try_from(buckets) else {
            unreachable!("a segment is made with its number of buckets")
        };
        Segment { buckets, entries: 0, depth }
    }

    #[inline]
    fn find(&self, hash: u32, is_it: &mut impl FnMut(u32) -> bool) -> Option<(usize, usize)> {
        for step in 0..SEGMENT_BUCKETS {
            let number = (hash as usize + step) % SEGMENT_BUCKETS;
            let bucket = &self.buckets[number];
            let mut places = places_of(&bucket.hashes, hash);
            while places != 0 {
                let place = places.trailing_zeros() as usize;
                let slot = bucket.slots[place];
                if slot < SLOTS_MAX && is_it(slot) {
                    return Some((number, place));
                }
                places &= places - 1;
            }
            if places_of(&bucket.slots, EMPTY) != 0 {
                return None;
            }
        }
        None
    }

    fn insert(&mut self, hash: u32, slot: u32) {
        for step in 0..SEGMENT_BUCKETS {
            let bucket = &mut self.buckets[(hash as usize + step) % SEGMENT_BUCKETS];
            let free = places_of(&bucket.slots, EMPTY) | places_of(&bucket.slots, REMOVED);
            if free != 0 {
                let place = free.trailing_zeros() as usize;
                bucket.hashes[place] = hash;
                bucket.slots[place] = slot;
                self.entries += 1;
                return;
            }
        }
        unreachable!("a segment below its load limit has an empty place");
    }
}

impl Index {
    pub(crate) fn new() -> Index {
        Index { segments: vec![Segment::new(0)], directory: vec![0], depth: 0 }
    }

    /// Bytes of all tables.
    pub(crate) fn bytes(&self) -> usize {
        self.segments.len() * (size_of::<Segment>() + SEGMENT_BUCKETS * size_of::<Bucket>())
            + self.directory.len() * size_of::<u32>()
    }

    /// Hints that the bucket of `hash` will be needed soon.
    #[inline]
    pub(crate) fn prefetch(&self, hash: u32) {
        prefetch(&self.segment(hash).buckets[hash as usize % SEGMENT_BUCKETS]);
    }

    /// The slot with this hash for which `is_it` holds.
    #[inline]
    pub(crate) fn find(&self, hash: u32, mut is_it: impl FnMut(u32) -> bool) -> Option<u32> {
        let segment = self.segment(hash);
        let (bucket, place) = segment.find(hash, &mut is_it)?;
        Some(segment.buckets[bucket].slots[place])
    }

    /// Adds a slot that is not there.
    #[inline]
    pub(crate) fn insert(&mut self, hash: u32, slot: u32) {
        assert!(slot < SLOTS_MAX, "slots lie below the marks");
        while self.segment(hash).entries >= SEGMENT_ENTRIES_MAX {
            self.split(hash);
        }
        let number = self.directory[self.place(hash)] as usize;
        self.segments[number].insert(hash, slot);
    }

    /// Removes a slot that is there.
    pub(crate) fn remove(&mut self, hash: u32, slot: u32) {
        let number = self.directory[self.place(hash)] as usize;
        let segment = &mut self.segments[number];
        let (bucket, place) =
            segment.find(hash, &mut |found| found == slot).expect("only what is there is removed");
        let bucket = &mut segment.buckets[bucket];
        let overflowed = places_of(&bucket.slots, EMPTY) == 0;
        bucket.slots[place] = if overflowed { REMOVED } else { EMPTY };
        segment.entries -= 1;
    }

    #[inline]
    fn place(&self, hash: u32) -> usize {
        (u64::from(hash) << self.depth >> 32) as usize
    }

    #[inline]
    fn segment(&self, hash: u32) -> &Segment {
        &self.segments[self.directory[self.place(hash)] as usize]
    }

    #[cold]
    fn split(&mut self, hash: u32) {
        let number = self.directory[self.place(hash)];
        let depth = self.segments[number as usize].depth + 1;
        assert!(depth <= DEPTH_MAX, "the bound of a table's rows keeps its index below this");
        if depth > self.depth {
            self.directory = self.directory.iter().flat_map(|&number| [number, number]).collect();
            self.depth = depth;
        }
        let other = self.segments.len() as u32;
        let old = core::mem::replace(&mut self.segments[number as usize], Segment::new(depth));
        self.segments.push(Segment::new(depth));
        let bit = 32 - depth;
        for bucket in old.buckets.iter() {
            for (&hash, &slot) in
                bucket.hashes.iter().zip(&bucket.slots).filter(|(_, slot)| **slot < SLOTS_MAX)
            {
                let target = if hash >> bit & 1 == 0 { number } else { other };
                self.segments[target as usize].insert(hash, slot);
            }
        }
        // The old segment's places in the directory are a run; its upper half goes to the new one.
        let half = 1 << (self.depth - depth);
        let upper = ((self.place(hash) / half) | 1) * half;
        self.directory[upper..upper + half].fill(other);
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeMap;

    use super::*;

    fn hash(number: u32) -> u32 {
        (u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32
    }

    #[test]
    fn finds_what_was_added_and_not_removed() {
        let mut index = Index::new();
        let mut model = BTreeMap::new();
        for number in 0..60_000u32 {
            index.insert(hash(number), number);
            model.insert(number, ());
            if number % 3 == 2 {
                let gone = number / 2;
                if model.remove(&gone).is_some() {
                    index.remove(hash(gone), gone);
                }
            }
        }
        for number in 0..60_000 {
            let found = index.find(hash(number), |slot| slot == number);
            assert_eq!(found.is_some(), model.contains_key(&number), "{number}");
        }
        assert_eq!(index.segments.iter().map(|segment| segment.entries as usize).sum::<usize>(), model.len());
    }

    #[test]
    fn equal_hashes_are_told_apart_by_their_rows() {
        let mut index = Index::new();
        for slot in 0..100 {
            index.insert(7, slot);
        }
        assert!((0..100).all(|slot| index.find(7, |found| found == slot) == Some(slot)));
        for slot in (0..100).step_by(2) {
            index.remove(7, slot);
        }
        assert!((0..100).all(|slot| index.find(7, |found| found == slot).is_some() == (slot % 2 == 1)));
    }
}
