//! The client's names for what it sends: UUIDv7 (RFC 9562) that can be made again from where they were made.
//!
//! The record keeps only the millisecond; the random bits follow from the seed and the place. Layout: 48 bits of
//! milliseconds, version 7, 12 bits of the seed, variant 0b10, 62 bits that depend on seed and place.

use crate::chance::{mix, word_at};

/// Names things one by one; two sources with different seeds share no names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ids {
    seed: u64,
}

impl Ids {
    /// A source. Different seeds give different names.
    pub fn new(seed: u64) -> Ids {
        Ids { seed: mix(seed) }
    }

    /// The name of the thing at `place`, made in this millisecond since the Unix epoch.
    #[inline]
    pub fn id(&self, unix_ms: u64, place: u64) -> u128 {
        let random = word_at(self.seed, place) & (u64::MAX >> 2);
        let time = (u128::from(unix_ms) & ((1 << 48) - 1)) << 80;
        time | 0x7 << 76 | u128::from(self.seed & 0xfff) << 64 | 0b10 << 62 | u128::from(random)
    }
}

/// Names for the few commands that prepare and end a draw, one after the other.
#[derive(Debug)]
pub struct IdSequence {
    ids: Ids,
    next: u64,
}

impl IdSequence {
    /// A sequence. Different seeds give different names.
    pub fn new(seed: u64) -> IdSequence {
        IdSequence { ids: Ids::new(seed), next: 0 }
    }

    /// A new name, made now.
    pub fn next_id(&mut self) -> u128 {
        self.next += 1;
        self.ids.id(unix_ms_now(), self.next)
    }
}

/// Milliseconds since the Unix epoch, by this machine's clock.
pub fn unix_ms_now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_millis() as u64)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use protocol::command::{id_time_ms, is_uuid_v7};

    use super::*;

    #[test]
    fn ids_are_uuid_v7_of_their_millisecond_and_can_be_made_again() {
        let ids = Ids::new(99);
        let made: Vec<u128> = (0..10_000).map(|place| ids.id(1_800_000_000_123, place)).collect();
        assert!(made.iter().all(|&id| is_uuid_v7(id) && id_time_ms(id) == 1_800_000_000_123));
        assert_eq!(made[77], Ids::new(99).id(1_800_000_000_123, 77));
        assert_eq!(made.iter().collect::<HashSet<_>>().len(), made.len());
    }

    #[test]
    fn sources_with_different_seeds_share_no_names() {
        let of = |seed| (0..1000).map(|place| Ids::new(seed).id(5, place)).collect::<HashSet<_>>();
        assert!(of(1).is_disjoint(&of(2)));
    }
}
