//! One pass over the commands of a frame: each is checked, stamped where it lies, or answered with its fault.

use std::ops::Range;

use protocol::command::{Fault, Header, Lane, parse};
use protocol::frame::FrameFault;
use protocol::reply::push_fault;
use zerocopy::FromBytes;

/// The way a command came, as the log keeps it: over QUIC.
pub const CHANNEL_QUIC: u8 = 1;
/// The principal behind the bootstrap operator's token.
pub const ACTOR_OPERATOR: u32 = 1;

/// What the edge writes into every command of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The principal.
    pub actor: u32,
    /// [`CHANNEL_QUIC`].
    pub channel: u8,
    /// The terminal that the connection named; 0: none.
    pub terminal: u32,
}

/// Neighbouring commands of a frame, and where their bytes lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Place of the first in the frame.
    pub first: u16,
    /// How many.
    pub count: u16,
    /// Their bytes in the body; of faults, those of the replies in [`Checked::fault_replies`].
    pub bytes: Range<usize>,
}

/// What a frame holds. Kept between frames, so that a frame costs no allocation.
#[derive(Debug, Default)]
pub struct Checked {
    /// Commands that are right in form, in order. More than one run where faults lie between them.
    pub runs: Vec<Run>,
    /// Commands that are not.
    pub faults: Vec<Run>,
    /// Their replies.
    pub fault_replies: Vec<u8>,
}

impl Checked {
    /// Checks and stamps the `count` commands of `body`.
    ///
    /// A command whose length cannot be trusted hides all that follow: they are answered with the same fault.
    ///
    /// # Errors
    /// [`FrameFault::CountMismatch`] if the body ends too early or too late. Then nothing of it may be carried out.
    pub fn check(&mut self, body: &mut [u8], count: u16, lane: Lane, stamp: Stamp) -> Result<(), FrameFault> {
        self.runs.clear();
        self.faults.clear();
        self.fault_replies.clear();
        let mut at = 0;
        for place in 0..count {
            if at == body.len() {
                return Err(FrameFault::CountMismatch { counted: count, found: place });
            }
            let len = match parse(&body[at..], Some(lane)) {
                Ok(command) => {
                    let len = command.bytes.len();
                    extend(&mut self.runs, place, at..at + len);
                    len
                }
                Err(fault) => {
                    self.fault(place, &fault);
                    let Some(len) = fault.len else {
                        for hidden in place + 1..count {
                            self.fault(hidden, &fault);
                        }
                        return Ok(());
                    };
                    at += len;
                    continue;
                }
            };
            stamp.write(&mut body[at..]);
            at += len;
        }
        if at < body.len() {
            return Err(FrameFault::CountMismatch { counted: count, found: count + 1 });
        }
        Ok(())
    }

    fn fault(&mut self, place: u16, fault: &Fault) {
        let begin = self.fault_replies.len();
        push_fault(&mut self.fault_replies, fault);
        extend(&mut self.faults, place, begin..self.fault_replies.len());
    }
}

impl Stamp {
    fn write(self, command: &mut [u8]) {
        if let Ok((header, _)) = Header::mut_from_prefix(command) {
            header.actor = self.actor.into();
            header.channel = self.channel;
            header.terminal = self.terminal.into();
        }
    }
}

/// Adds one more at `place` to the last run, or begins another.
fn extend(runs: &mut Vec<Run>, place: u16, bytes: Range<usize>) {
    match runs.last_mut() {
        Some(last) if last.first + last.count == place => {
            last.count += 1;
            last.bytes.end = bytes.end;
        }
        _ => runs.push(Run { first: place, count: 1, bytes }),
    }
}

#[cfg(test)]
mod tests {
    use protocol::command::{Bet, Commands};
    use protocol::pieces::replies;
    use protocol::refusal::Malformed;

    use super::*;

    const STAMP: Stamp = Stamp { actor: ACTOR_OPERATOR, channel: CHANNEL_QUIC, terminal: 77 };
    const ID: u128 = 0x0190_0000_0000_7000_8000_0000_0000_0000;

    /// Tickets with these stakes, of 56 bytes each.
    fn tickets(stakes: &[i64]) -> Vec<u8> {
        let mut commands = Commands::new();
        for (place, stake) in stakes.iter().enumerate() {
            commands.ticket_place(ID + place as u128, 5, &[Bet::new(1, 1, 123, *stake)]);
        }
        commands.as_bytes().to_vec()
    }

    fn run(first: u16, count: u16, bytes: Range<usize>) -> Run {
        Run { first, count, bytes }
    }

    /// Runs, and the places and codes of faults.
    type Told = (Vec<Run>, Vec<(u16, u16)>);

    fn told(body: &mut [u8], count: u16) -> Result<Told, FrameFault> {
        let mut checked = Checked::default();
        checked.check(body, count, Lane::Bets, STAMP)?;
        let mut faults = Vec::new();
        for Run { first, count, bytes } in &checked.faults {
            let codes =
                replies(&checked.fault_replies[bytes.clone()]).map(|reply| reply.expect("whole").header.code);
            faults.extend((*first..first + count).zip(codes.map(|code| code.get())));
        }
        Ok((checked.runs, faults))
    }

    #[test]
    fn right_commands_are_one_run_and_stamped() {
        let mut body = tickets(&[1, 2, 3]);
        assert_eq!(told(&mut body, 3), Ok((vec![run(0, 3, 0..168)], vec![])));
        let stamps: Vec<_> = (0..3)
            .map(|place| {
                let command = parse(&body[place * 56..], None).expect("still right");
                (command.header.actor.get(), command.header.channel, command.header.terminal.get())
            })
            .collect();
        assert_eq!(stamps, [(1, 1, 77); 3]);
    }

    #[test]
    fn a_fault_splits_the_run_and_neighbours_go_on() {
        let mut body = tickets(&[1, 0, -3, 4, 5]);
        body[56 * 4 + 2] = 99;
        let amount = Malformed::AmountNotPositive as u16;
        assert_eq!(
            told(&mut body, 5),
            Ok((
                vec![run(0, 1, 0..56), run(3, 1, 168..224)],
                vec![(1, amount), (2, amount), (4, Malformed::KindUnknown as u16)]
            ))
        );
    }

    #[test]
    fn a_length_that_lies_hides_what_follows() {
        let mut body = tickets(&[1, 2, 3, 4]);
        body[56] = 57;
        let length = Malformed::Length as u16;
        assert_eq!(
            told(&mut body, 4),
            Ok((vec![run(0, 1, 0..56)], vec![(1, length), (2, length), (3, length)]))
        );
        let mut cut = tickets(&[1, 2]);
        cut.truncate(96);
        assert_eq!(told(&mut cut, 2), Ok((vec![run(0, 1, 0..56)], vec![(1, length)])));
    }

    #[test]
    fn what_clients_must_not_stamp_is_a_fault() {
        let mut body = tickets(&[1]);
        body[4] = 9;
        assert_eq!(told(&mut body, 1), Ok((vec![], vec![(0, Malformed::ReservedNotZero as u16)])));
    }

    #[test]
    fn a_body_of_another_count_is_carried_out_by_none() {
        let mut body = tickets(&[1, 2]);
        let faults = [1, 3, 4].map(|count| told(&mut body.clone(), count));
        assert_eq!(
            faults,
            [
                Err(FrameFault::CountMismatch { counted: 1, found: 2 }),
                Err(FrameFault::CountMismatch { counted: 3, found: 2 }),
                Err(FrameFault::CountMismatch { counted: 4, found: 2 }),
            ]
        );
        assert_eq!(told(&mut body, 2), Ok((vec![run(0, 2, 0..112)], vec![])));
    }
}
