//! Names for commands.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::{SystemTime, UNIX_EPOCH};

/// A new id for a command: a UUIDv7 (RFC 9562), of this machine's clock and 74 bits that no other has.
///
/// Keep it until the command is answered: sent again with it, a command that was carried out is not carried out twice.
pub fn new_id() -> u128 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    uuid_v7(since.map_or(0, |since| since.as_millis() as u64), random())
}

/// Keys of the system's randomness, another for each call: nothing about an id needs to be secret.
fn random() -> u128 {
    let word = || RandomState::new().build_hasher().finish();
    u128::from(word()) << 64 | u128::from(word())
}

/// 48 bits of milliseconds, version 7, 12 random bits, variant 0b10, 62 random bits.
fn uuid_v7(unix_ms: u64, random: u128) -> u128 {
    let time = (u128::from(unix_ms) & ((1 << 48) - 1)) << 80;
    time | 0x7 << 76 | (random >> 64 & 0xfff) << 64 | 0b10 << 62 | (random & ((1 << 62) - 1))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use protocol::command::{id_time_ms, is_uuid_v7};

    use super::*;

    #[test]
    fn ids_are_uuid_v7_of_now_and_all_different() {
        let now = id_time_ms(new_id());
        let ids: Vec<u128> = (0..10_000).map(|_| new_id()).collect();
        assert!(ids.iter().all(|id| is_uuid_v7(*id) && (now..now + 60_000).contains(&id_time_ms(*id))));
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
    }
}
