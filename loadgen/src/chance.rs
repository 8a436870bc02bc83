//! Cheap chance: a seeded stream of words, and picking by weight in constant time.
//!
//! A run can be repeated from its seed. Nothing here is fit for secrets.

/// SplitMix64 (Steele, Lea, Flood 2014): one word in about a nanosecond.
#[derive(Clone, Debug)]
pub struct Stream(u64);

/// The odd number nearest to 2^64 divided by the golden ratio: consecutive multiples lie far apart.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// Spreads a word over all 64 bits; different words stay different.
pub fn mix(word: u64) -> u64 {
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

/// The word at `place` of the stream of this seed, without walking to it.
pub fn word_at(seed: u64, place: u64) -> u64 {
    mix(seed.wrapping_add(place.wrapping_add(1).wrapping_mul(STEP)))
}

impl Stream {
    /// The stream of this seed.
    pub fn new(seed: u64) -> Stream {
        Stream(seed)
    }

    /// The next word.
    pub fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mix(self.0)
    }
}

/// A number below `bound` from the upper half of a word; the lower half is left for another use.
pub fn below(word: u64, bound: u32) -> u32 {
    (((word >> 32) * u64::from(bound)) >> 32) as u32
}

/// Picks values by weight with one word and one table look-up (Walker's alias method).
#[derive(Clone, Debug)]
pub struct Weighted<T> {
    cells: Vec<Cell<T>>,
}

#[derive(Clone, Copy, Debug)]
struct Cell<T> {
    /// A word whose lower half lies below this picks `own`, otherwise `other`.
    own_below: u32,
    own: T,
    other: T,
}

impl<T: Copy> Weighted<T> {
    /// A table of values and their weights.
    ///
    /// # Panics
    /// Without values, with more than 2^32, or with a weight that is negative or not finite, or with none above zero.
    pub fn new(weights: &[(T, f64)]) -> Weighted<T> {
        let count = u32::try_from(weights.len()).expect("a table holds at most 2^32 values");
        let total: f64 = weights.iter().map(|(_, weight)| weight).sum();
        assert!(weights.iter().all(|(_, weight)| *weight >= 0.0), "a weight is not negative");
        assert!(count > 0 && total > 0.0 && total.is_finite(), "some value has a weight");

        // Each value has its share of `count` equal cells; what a small one leaves free of its cell, a large one fills.
        let mut share: Vec<f64> =
            weights.iter().map(|(_, weight)| weight / total * f64::from(count)).collect();
        let mut cells: Vec<Cell<T>> = weights
            .iter()
            .map(|&(value, _)| Cell { own_below: u32::MAX, own: value, other: value })
            .collect();
        let (mut small, mut large): (Vec<usize>, Vec<usize>) =
            (0..share.len()).partition(|&place| share[place] < 1.0);
        while let (Some(little), Some(&much)) = (small.pop(), large.last()) {
            cells[little].own_below = (share[little] * 4_294_967_296.0) as u32;
            cells[little].other = weights[much].0;
            share[much] -= 1.0 - share[little];
            if share[much] < 1.0 {
                large.pop();
                small.push(much);
            }
        }
        Weighted { cells }
    }

    /// The value that this word picks.
    #[inline]
    pub fn pick(&self, word: u64) -> T {
        let cell = &self.cells[below(word, self.cells.len() as u32) as usize];
        if (word as u32) < cell.own_below { cell.own } else { cell.other }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_in_proportion_to_their_weights() {
        let table = Weighted::new(&[('a', 1.0), ('b', 2.0), ('c', 0.0), ('d', 5.0)]);
        let mut stream = Stream::new(7);
        let mut seen = [0u32; 4];
        for _ in 0..800_000 {
            seen[table.pick(stream.word()) as usize - 'a' as usize] += 1;
        }
        // Three standard deviations of the widest count are about 1,300.
        for (count, expected) in seen.into_iter().zip([100_000u32, 200_000, 0, 500_000]) {
            assert!(count.abs_diff(expected) < 1_500, "{count} instead of about {expected}");
        }
        assert_eq!(seen[2], 0);
    }

    #[test]
    fn a_single_value_is_always_picked() {
        let table = Weighted::new(&[(9u16, 0.1)]);
        assert_eq!([0, u64::MAX, 1 << 32].map(|word| table.pick(word)), [9, 9, 9]);
    }

    #[test]
    fn a_stream_can_be_repeated_and_entered_anywhere() {
        let mut stream = Stream::new(42);
        let walked: Vec<u64> = (0..5).map(|_| stream.word()).collect();
        let entered: Vec<u64> = (0..5).map(|place| word_at(42, place)).collect();
        assert_eq!(walked, entered);
        assert_ne!(walked[0], Stream::new(43).word());
    }
}
