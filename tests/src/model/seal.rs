//! The seal: what names the bets that a draw was closed with, before anybody knew its result.

use super::events::EventKind;
use super::reply::narrow;
use super::{Book, Model, Reason, Refused, State};

/// Bets of a block of the chain.
const BLOCK: usize = 256;

/// What a draw was closed with.
#[derive(Clone, Debug)]
pub(super) struct Seal {
    /// The time of the tick that closed it.
    pub closed_in: u64,
    bets: u64,
    stake: i128,
    worst: i128,
    /// Bets whose turn has come.
    done: u64,
    /// Zeros until all have had it.
    name: [u8; 32],
}

/// What can be read of a seal.
pub(super) struct SealSeen {
    pub seal: [u8; 32],
    pub state: u8,
    pub bets: u64,
    pub stake: i64,
    pub worst: i64,
}

impl Seal {
    pub fn is_done(&self) -> bool {
        self.done == self.bets
    }
}

impl Model {
    /// Closes a draw by command.
    pub(super) fn close(&mut self, number: u32) -> Result<(), Refused> {
        let time = self.time;
        let book = self.book(number)?;
        book.check_state(&[State::Draft, State::Open, State::Suspended])?;
        book.draw.closes_at = book.draw.closes_at.min(time);
        book.shut(time);
        self.seal_some(number);
        Ok(())
    }

    /// Seals as many bets as a tick may; as each has its turn, its stake accrues to whoever sells it.
    pub(super) fn seal_some(&mut self, number: u32) {
        let most = (self.rules.sealed_per_tick as usize / BLOCK * BLOCK).max(BLOCK);
        let book = &self.books[&number];
        let seal = book.seal.as_ref().expect("a closed draw has a seal");
        let stood = book.bets.iter().filter(|taken| taken.stood);
        let turn: Vec<_> = stood.skip(seal.done as usize).take(most).collect();
        let turn: Vec<_> =
            turn.iter().map(|taken| (self.selling_agent(taken.account), taken.bet.stake)).collect();
        let book = self.books.get_mut(&number).expect("the draw is there");
        for (agent, stake) in &turn {
            if let Some(agent) = agent {
                book.commission.accrue(*agent, (*stake).into());
            }
        }
        let seal = book.seal.as_mut().expect("a closed draw has a seal");
        seal.done += turn.len() as u64;
        if seal.is_done() {
            let (bets, stake) = (seal.bets, narrow(seal.stake));
            let name = book.name();
            book.seal.as_mut().expect("a closed draw has a seal").name = name;
            self.tell_of_draw(EventKind::Sealed, number, bets as i64, stake);
        }
    }
}

impl Book {
    /// Closes: no bet comes any more, and those that stand are remembered.
    pub(super) fn shut(&mut self, time: u64) {
        self.state = State::Closed;
        for taken in &mut self.bets {
            taken.stood = taken.stands;
        }
        let mut numbers: Vec<u16> =
            self.standing().flat_map(|taken| &taken.presses).map(|(number, _)| *number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let mut on: std::collections::BTreeMap<u16, i128> =
            numbers.iter().map(|number| (*number, 0)).collect();
        for (number, prize) in self.standing().flat_map(|taken| &taken.presses) {
            *on.get_mut(number).expect("every number is there") += prize;
        }
        self.seal = Some(Seal {
            closed_in: time,
            bets: self.standing().count() as u64,
            stake: self.stake(),
            worst: on.values().copied().max().unwrap_or(0),
            done: 0,
            name: [0; 32],
        });
    }

    /// The chain over the bets that stood at the close, and over their sums.
    fn name(&self) -> [u8; 32] {
        let seal = self.seal.as_ref().expect("a closed draw has a seal");
        let mut first = b"tote seal 1\0\0\0\0\0".to_vec();
        first.extend(self.number.to_le_bytes());
        first.extend([0; 4]);
        first.extend(self.draw.closes_at.to_le_bytes());
        let mut chain = *blake3::hash(&first).as_bytes();
        let stood: Vec<_> = self.bets.iter().filter(|taken| taken.stood).collect();
        for block in stood.chunks(BLOCK) {
            let mut bytes = chain.to_vec();
            for taken in block {
                bytes.extend(taken.ticket.to_le_bytes());
                bytes.extend(taken.account.to_le_bytes());
                bytes.extend(taken.bet.stake.to_le_bytes());
                bytes.extend(taken.bet.number.to_le_bytes());
                bytes.extend([taken.bet.play, taken.place, 0, 0, 0, 0]);
            }
            chain = *blake3::hash(&bytes).as_bytes();
        }
        let mut last = chain.to_vec();
        last.extend(seal.bets.to_le_bytes());
        last.extend(narrow(seal.stake).to_le_bytes());
        last.extend(narrow(seal.worst).to_le_bytes());
        *blake3::hash(&last).as_bytes()
    }

    /// Whether it is sealed, and with this.
    pub(super) fn check_seal(&self, quoted: [u8; 32]) -> Result<(), Refused> {
        let seal = self.seal.as_ref().expect("a closed draw has a seal");
        if !seal.is_done() {
            return Err(Reason::SealPending.whole(seal.done.into()));
        }
        if seal.name != quoted { Err(Reason::SealDiffers.whole(0)) } else { Ok(()) }
    }

    /// Whether some bets are sealed and some are not.
    pub fn is_half_sealed(&self) -> bool {
        self.is_being_sealed() && self.seal.as_ref().is_some_and(|seal| seal.done > 0)
    }

    /// Whether an operator took back a bet that is sealed.
    pub fn has_lost_a_sealed_bet(&self) -> bool {
        self.bets.iter().any(|taken| taken.stood && !taken.stands && !taken.refunded)
    }

    pub(super) fn sealed_seen(&self) -> SealSeen {
        let Some(seal) = &self.seal else {
            return SealSeen { seal: [0; 32], state: 0, bets: 0, stake: 0, worst: 0 };
        };
        SealSeen {
            seal: seal.name,
            state: if seal.is_done() { 2 } else { 1 },
            bets: seal.bets,
            stake: narrow(seal.stake),
            worst: narrow(seal.worst),
        }
    }
}
