//! Finds rows by a 32-bit hash: cache-line buckets in small segments that split one at a time.
//!
//! The index holds hashes and slots only; whoever asks compares the row. The upper bits of the hash choose the
//! segment through a directory, the lower ones the bucket in it; a full bucket overflows to the next. A segment at its
//! load limit is split in two, which moves at most [`SEGMENT_ENTRIES_MAX`] entries, so that growth never stalls. Were all
//! segments to stand for equal shares of the hashes, all would be split at about one time, and the index be half empty
//! behind it: so their shares differ, by as much as a split makes good ([`skewed`]).
//! Nothing here depends on the order in which entries came except where they lie, which no one can see.

use alloc::vec;
use alloc::vec::Vec;

use zerocopy::{FromBytes, Immutable, IntoBytes};

use crate::storage::arena::Arena;
use crate::storage::cpu::{places_of, prefetch};
use crate::storage::pages::Pages;

const BUCKET_ENTRIES: usize = 8;
const SEGMENT_BUCKETS: usize = 256;
/// Above this load, seven eighths, buckets overflow too far.
const SEGMENT_ENTRIES_MAX: u32 = (SEGMENT_BUCKETS * BUCKET_ENTRIES * 7 / 8) as u32;
/// Most marks of removed entries in a segment: one in sixteen places.
const SEGMENT_REMOVED_MAX: u32 = (SEGMENT_BUCKETS * BUCKET_ENTRIES / 16) as u32;
const DEPTH_MAX: u32 = 22;

/// No entry: what a page of zeros is full of.
const EMPTY: u32 = 0;
/// Was removed from a bucket that had overflowed; searches go on past it.
const REMOVED: u32 = u32::MAX;
/// Slots lie below this.
pub(crate) const SLOTS_MAX: u32 = REMOVED - 1;

#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C, align(64))]
struct Bucket {
    hashes: [u32; BUCKET_ENTRIES],
    /// Slots plus one, or a mark.
    entries: [u32; BUCKET_ENTRIES],
}

const _: () = assert!(size_of::<Bucket>() == 64, "a bucket is a cache line");

/// How full a segment is, and how many upper bits of the hash all its entries share. Its buckets are the page of the
/// same number.
#[derive(Clone, Copy)]
struct Segment {
    entries: u32,
    /// Marks of removed entries: too many make searches long, and the segment is put in order anew.
    removed: u32,
    depth: u32,
}

/// Slots by hash.
pub(crate) struct Index {
    buckets: Pages<Bucket, SEGMENT_BUCKETS>,
    segments: Vec<Segment>,
    /// By the upper `depth` bits of the hash.
    directory: Vec<u32>,
    depth: u32,
}

impl Index {
    pub(crate) fn new(arena: &Arena) -> Index {
        let mut buckets = Pages::new(arena);
        buckets.add();
        Index { buckets, segments: vec![Segment::new(0)], directory: vec![0], depth: 0 }
    }

    /// Bytes of all tables.
    pub(crate) fn bytes(&self) -> usize {
        self.buckets.bytes()
            + self.segments.len() * size_of::<Segment>()
            + self.directory.len() * size_of::<u32>()
    }

    /// Hints that the bucket of `hash` will be needed soon.
    #[inline]
    pub(crate) fn prefetch(&self, hash: u32) {
        prefetch(&self.buckets.page(self.segment(hash))[first_of(hash)]);
    }

    /// The slot with this hash for which `is_it` holds.
    #[inline]
    pub(crate) fn find(&self, hash: u32, mut is_it: impl FnMut(u32) -> bool) -> Option<u32> {
        let buckets = self.buckets.page(self.segment(hash));
        let (bucket, place) = search(buckets, hash, &mut is_it)?;
        Some(buckets[bucket].entries[place] - 1)
    }

    /// Adds a slot that is not there.
    #[inline]
    pub(crate) fn insert(&mut self, hash: u32, slot: u32) {
        assert!(slot < SLOTS_MAX, "slots lie below the marks");
        let mut number = self.segment(hash);
        while self.segments[number as usize].entries >= SEGMENT_ENTRIES_MAX {
            self.split(hash);
            number = self.segment(hash);
        }
        self.put(number, hash, slot + 1);
    }

    /// Removes a slot that is there.
    pub(crate) fn remove(&mut self, hash: u32, slot: u32) {
        let number = self.segment(hash);
        let buckets = self.buckets.page_mut(number);
        let (bucket, place) =
            search(buckets, hash, &mut |found| found == slot).expect("only what is there is removed");
        let entries = &mut buckets[bucket].entries;
        let overflowed = places_of(entries, EMPTY) == 0;
        entries[place] = if overflowed { REMOVED } else { EMPTY };
        let segment = &mut self.segments[number as usize];
        segment.entries -= 1;
        segment.removed += u32::from(overflowed);
        if segment.removed > SEGMENT_REMOVED_MAX {
            let depth = segment.depth;
            self.deal(number, depth, |_, _| Some(number));
        }
    }

    /// Segments there are.
    pub(crate) fn segments(&self) -> u32 {
        self.segments.len() as u32
    }

    /// Removes every slot of a segment that is not alive. Segments that are split meanwhile lie behind all others, so that
    /// who sweeps them in order meets each entry that was there when he began.
    pub(crate) fn sweep(&mut self, number: u32, is_alive: impl Fn(u32) -> bool) {
        let buckets = self.buckets.page(number);
        let mut entries = buckets.iter().flat_map(|bucket| bucket.entries);
        if entries.any(|entry| entry != EMPTY && entry != REMOVED && !is_alive(entry - 1)) {
            let depth = self.segments[number as usize].depth;
            self.deal(number, depth, |_, slot| is_alive(slot).then_some(number));
        }
    }

    /// Puts an entry into the first free place of its segment.
    #[inline]
    fn put(&mut self, number: u32, hash: u32, entry: u32) {
        let buckets = self.buckets.page_mut(number);
        let segment = &mut self.segments[number as usize];
        for step in 0..SEGMENT_BUCKETS {
            let bucket = &mut buckets[(first_of(hash) + step) % SEGMENT_BUCKETS];
            let mut free = places_of(&bucket.entries, EMPTY);
            if segment.removed != 0 {
                free |= places_of(&bucket.entries, REMOVED);
            }
            if free != 0 {
                let place = free.trailing_zeros() as usize % BUCKET_ENTRIES;
                segment.removed -= u32::from(bucket.entries[place] == REMOVED);
                segment.entries += 1;
                bucket.entries[place] = entry;
                bucket.hashes[place] = hash;
                return;
            }
        }
        unreachable!("a segment below its load limit has a free place");
    }

    /// A hash's place in the directory.
    #[inline]
    fn place(&self, hash: u32) -> usize {
        (u64::from(skewed(hash)) << self.depth >> 32) as usize
    }

    #[inline]
    fn segment(&self, hash: u32) -> u32 {
        self.directory[self.place(hash)]
    }

    #[cold]
    fn split(&mut self, hash: u32) {
        let number = self.segment(hash);
        let depth = self.segments[number as usize].depth + 1;
        assert!(depth <= DEPTH_MAX, "the bound of a table's rows keeps its index below this");
        if depth > self.depth {
            self.directory = self.directory.iter().flat_map(|&number| [number, number]).collect();
            self.depth = depth;
        }
        let other = self.buckets.add();
        self.segments.push(Segment::new(depth));
        let bit = 32 - depth;
        self.deal(number, depth, |hash, _| Some(if (skewed(hash) >> bit) & 1 == 0 { number } else { other }));
        // The old segment's places in the directory are a run; its upper half goes to the new one.
        let half = 1 << (self.depth - depth);
        let upper = ((self.place(hash) / half) | 1) * half;
        self.directory[upper..upper + half].fill(other);
    }

    /// Empties a segment and puts its entries where `target` says by hash and slot, in order and without marks.
    #[cold]
    fn deal(&mut self, number: u32, depth: u32, target: impl Fn(u32, u32) -> Option<u32>) {
        self.segments[number as usize] = Segment::new(depth);
        let empty = Bucket { hashes: [0; BUCKET_ENTRIES], entries: [EMPTY; BUCKET_ENTRIES] };
        let buckets = self.buckets.page_mut(number);
        let old = buckets.to_vec();
        buckets.fill(empty);
        for (hash, entry) in old.iter().flat_map(|bucket| bucket.hashes.into_iter().zip(bucket.entries)) {
            if entry != EMPTY
                && entry != REMOVED
                && let Some(target) = target(hash, entry - 1)
            {
                self.put(target, hash, entry);
            }
        }
    }
}

impl Segment {
    fn new(depth: u32) -> Segment {
        Segment { entries: 0, removed: 0, depth }
    }
}

/// A hash as segments are chosen by it: x + 0.34 x (1 - x) of the fraction x that it is, about log2(1 + x). Of equal parts of
/// the result the last holds twice as many hashes as the first, and others as many as their place says in between.
#[inline]
fn skewed(hash: u32) -> u32 {
    const SKEW: u64 = 1_460_288_880;
    let bend = (u64::from(hash) * u64::from(!hash)) >> 32;
    hash + ((bend * SKEW) >> 32) as u32
}

/// The bucket of its segment in which a search for `hash` begins.
#[inline]
fn first_of(hash: u32) -> usize {
    hash as usize % SEGMENT_BUCKETS
}

/// Bucket and place of the entry with this hash for which `is_it` holds.
#[inline]
fn search(
    buckets: &[Bucket; SEGMENT_BUCKETS],
    hash: u32,
    is_it: &mut impl FnMut(u32) -> bool,
) -> Option<(usize, usize)> {
    for step in 0..SEGMENT_BUCKETS {
        let number = (first_of(hash) + step) % SEGMENT_BUCKETS;
        let bucket = &buckets[number];
        let mut places = places_of(&bucket.hashes, hash);
        while places != 0 {
            let place = places.trailing_zeros() as usize % BUCKET_ENTRIES;
            let entry = bucket.entries[place];
            if entry != EMPTY && entry != REMOVED && is_it(entry - 1) {
                return Some((number, place));
            }
            places &= places - 1;
        }
        if places_of(&bucket.entries, EMPTY) != 0 {
            return None;
        }
    }
    None
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
        let mut index = Index::new(&Arena::new(0));
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
    fn memory_grows_as_entries_do() {
        let mut index = Index::new(&Arena::new(0));
        let mut costs = Vec::new();
        for number in 0..800_000u32 {
            index.insert(hash(number), number);
            if number > 100_000 && number.is_multiple_of(10_000) {
                costs.push(index.bytes() * 100 / number as usize);
            }
        }
        let highest = costs.iter().copied().max().expect("it was looked at");
        assert!(highest < 14_00, "an entry costs at most {highest} hundredths of a byte: {costs:?}");
    }

    #[test]
    fn churn_leaves_few_marks() {
        let mut index = Index::new(&Arena::new(0));
        const KEPT: u32 = 50_000;
        for number in 0..1_000_000 {
            index.insert(hash(number), number);
            if number >= KEPT {
                index.remove(hash(number - KEPT), number - KEPT);
            }
        }
        assert!(index.segments.iter().all(|segment| segment.removed <= SEGMENT_REMOVED_MAX));
        assert_eq!(index.segments.iter().map(|segment| segment.entries).sum::<u32>(), KEPT);
        let full = |bucket: u32| places_of(&index.buckets.row(bucket).entries, EMPTY) == 0;
        let buckets = index.segments.len() as u32 * SEGMENT_BUCKETS as u32;
        let endless = (0..buckets).filter(|&bucket| full(bucket)).count() as u32;
        assert!(endless * 2 < buckets, "searches end soon: {endless} of {buckets} buckets have no end");
        assert!((950_000..1_000_000).all(|number| index.find(hash(number), |slot| slot == number).is_some()));
    }

    #[test]
    fn a_sweep_removes_what_is_not_alive_while_the_index_grows() {
        let mut index = Index::new(&Arena::new(0));
        for number in 0..20_000 {
            index.insert(hash(number), number);
        }
        let (mut segment, mut next) = (0, 20_000);
        while segment < index.segments() {
            index.sweep(segment, |slot| slot >= 20_000 || slot % 2 == 0);
            segment += 1;
            for _ in 0..100 {
                index.insert(hash(next), next);
                next += 1;
            }
        }
        let is_kept = |number: u32| number >= 20_000 || number.is_multiple_of(2);
        for number in 0..next {
            let found = index.find(hash(number), |slot| slot == number);
            assert_eq!(found.is_some(), is_kept(number), "{number}");
        }
        let kept = (0..next).filter(|number| is_kept(*number)).count();
        assert_eq!(index.segments.iter().map(|segment| segment.entries as usize).sum::<usize>(), kept);
    }

    #[test]
    fn equal_hashes_are_told_apart_by_their_rows() {
        let mut index = Index::new(&Arena::new(0));
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
