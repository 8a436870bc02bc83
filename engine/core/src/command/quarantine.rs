//! Setting a command aside by its name: the record of it that the log keeps, with who and why.
//!
//! The record is written by the operator's tool while the node is stopped; no lane takes it from clients.

use zerocopy::little_endian::{U16, U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::parse::{check_field, check_reserved, whole};
use super::{Body, COMMAND_BYTES_MAX, Commands, Fault, Header, Kind};
use crate::refusal::Malformed;

/// Longest name of who sets a command aside, bytes of UTF-8.
pub const QUARANTINE_WHO_BYTES_MAX: usize = 64;
/// Longest reason why a command is set aside, bytes of UTF-8.
pub const QUARANTINE_WHY_BYTES_MAX: usize = 256;
/// Most commands of a ledger that are set aside.
pub const QUARANTINES_MAX: u32 = 1024;

const _: () = assert!(
    size_of::<Header>()
        + size_of::<Quarantine>()
        + (QUARANTINE_WHO_BYTES_MAX + QUARANTINE_WHY_BYTES_MAX).next_multiple_of(8)
        <= COMMAND_BYTES_MAX,
    "the longest record is a command"
);

/// The name of a command in a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommandName {
    /// Number of its tick.
    pub tick: u64,
    /// Its place in the tick, from 0.
    pub index: u32,
}

/// Says that a command is set aside. Behind it `who_bytes` of who did so and `why_bytes` of why, UTF-8 without control
/// characters, padded with zeros to a multiple of 8 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct Quarantine {
    /// Number of the command's tick, before the one that this record is in.
    pub tick: U64,
    /// Its place in that tick, from 0.
    pub command: U32,
    /// Bytes of who, 1 to [`QUARANTINE_WHO_BYTES_MAX`].
    pub who_bytes: U16,
    /// Bytes of why, 1 to [`QUARANTINE_WHY_BYTES_MAX`].
    pub why_bytes: U16,
}

impl Quarantine {
    /// The command that it sets aside.
    pub fn name(&self) -> CommandName {
        CommandName { tick: self.tick.get(), index: self.command.get() }
    }

    /// Who and why, of the bytes behind it; `None` if these are not such.
    pub fn texts<'a>(&self, behind: &'a [u8]) -> Option<(&'a str, &'a str)> {
        let (who, rest) = behind.split_at_checked(self.who_bytes.get().into())?;
        let (why, padding) = rest.split_at_checked(self.why_bytes.get().into())?;
        let text = |bytes| core::str::from_utf8(bytes).ok().filter(|text| !text.contains(char::is_control));
        Some((text(who)?, text(why)?)).filter(|_| padding.iter().all(|byte| *byte == 0))
    }

    fn text_bytes(&self) -> usize {
        (usize::from(self.who_bytes.get()) + usize::from(self.why_bytes.get())).next_multiple_of(8)
    }
}

impl Commands {
    /// Records that a command is set aside.
    ///
    /// # Panics
    /// With texts that the layout cannot say.
    pub fn quarantine(&mut self, id: u128, name: CommandName, who: &str, why: &str) {
        let bytes = |text: &str| u16::try_from(text.len()).expect("the text fits its field").into();
        let CommandName { tick, index } = name;
        let body = Quarantine {
            tick: tick.into(),
            command: index.into(),
            who_bytes: bytes(who),
            why_bytes: bytes(why),
        };
        let padding = &[0; 8][..body.text_bytes() - who.len() - why.len()];
        let parts = [body.as_bytes(), who.as_bytes(), why.as_bytes(), padding];
        self.push(Kind::Quarantine, 0, id, 0, &parts);
    }
}

/// Bytes of the body of a record, by its lengths.
pub(super) fn body_len(bytes: &[u8]) -> usize {
    let texts = Quarantine::ref_from_prefix(bytes).map_or(0, |(head, _)| head.text_bytes());
    size_of::<Quarantine>() + texts
}

/// The body of a record, checked.
pub(super) fn body(bytes: &[u8]) -> Result<Body<'_>, Fault> {
    let least = (size_of::<Header>() + size_of::<Quarantine>()) as i64;
    let (head, behind) = Quarantine::ref_from_prefix(bytes).map_err(|_| whole(Malformed::Length, least))?;
    check_field(head.tick.get(), 1, i64::MAX as u64)?;
    check_field(head.who_bytes.get().into(), 1, QUARANTINE_WHO_BYTES_MAX as u64)?;
    check_field(head.why_bytes.get().into(), 1, QUARANTINE_WHY_BYTES_MAX as u64)?;
    check_reserved(head.texts(behind).is_some())?;
    Ok(Body::Quarantine(head, behind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{Lane, parse};

    const ID: u128 = 0x0190_0000_0000_7000_8000_0000_0000_0000;
    const NAME: CommandName = CommandName { tick: 7, index: 3 };

    fn record(who: &str, why: &str) -> Commands {
        let mut commands = Commands::new();
        commands.quarantine(ID, NAME, who, why);
        commands
    }

    #[test]
    fn who_and_why_are_read_as_written() {
        for why in ["w", "seven b", "eight by", "with ümlauts and 16 more"] {
            let commands = record("Ana", why);
            let command = parse(commands.as_bytes(), None).expect("right");
            let Body::Quarantine(head, behind) = command.body else { panic!("{:?}", command.body) };
            assert_eq!((command.bytes.len() % 8, head.name()), (0, NAME));
            assert_eq!(head.texts(behind), Some(("Ana", why)));
        }
    }

    #[test]
    fn no_lane_takes_a_record() {
        for lane in [Lane::Bets, Lane::Operators] {
            let fault = parse(record("Ana", "why").as_bytes(), Some(lane)).expect_err("the node's own");
            assert_eq!(fault.reason, Malformed::KindUnknown);
        }
    }

    #[test]
    fn texts_are_bounded_and_can_be_printed() {
        let reason = |commands: &[u8]| parse(commands, None).err().map(|fault| fault.reason);
        let long = "x".repeat(QUARANTINE_WHY_BYTES_MAX + 1);
        assert_eq!(reason(record("Ana", &long[1..]).as_bytes()), None);
        assert_eq!(reason(record("Ana", &long).as_bytes()), Some(Malformed::FieldOutside));
        let who = &long[..QUARANTINE_WHO_BYTES_MAX + 1];
        assert_eq!(reason(record(who, "why").as_bytes()), Some(Malformed::FieldOutside));
        assert_eq!(reason(record("", "why").as_bytes()), Some(Malformed::FieldOutside));
        assert_eq!(reason(record("Ana", "a\u{1b}[2J").as_bytes()), Some(Malformed::ReservedNotZero));
        let mut padded = record("Ana", "why").as_bytes().to_vec();
        *padded.last_mut().expect("bytes") = 1;
        assert_eq!(reason(&padded), Some(Malformed::ReservedNotZero));
    }
}
