//! Writing commands, for clients, tests and the node's own genesis.

use alloc::vec::Vec;

use zerocopy::IntoBytes;

use super::*;

/// Commands one behind the other, as a frame carries them.
#[derive(Clone, Debug, Default)]
pub struct Commands {
    bytes: Vec<u8>,
    count: usize,
}

impl Commands {
    /// No commands yet.
    pub fn new() -> Commands {
        Commands::default()
    }

    /// No commands yet, with room for so many bytes.
    pub fn with_capacity(bytes: usize) -> Commands {
        Commands { bytes: Vec::with_capacity(bytes), count: 0 }
    }

    /// Places a ticket of 1 to [`TICKET_BETS_MAX`] bets.
    ///
    /// # Panics
    /// With more than 255 bets, which the layout cannot say.
    pub fn ticket_place(&mut self, id: u128, account: u64, bets: &[Bet]) {
        self.push(Kind::TicketPlace, bets.len(), id, account, &[bets.as_bytes()]);
    }

    /// Cancels a ticket.
    pub fn ticket_cancel(&mut self, id: u128, account: u64, ticket: u128) {
        let body = TicketCancel { ticket: ticket.into() };
        self.push(Kind::TicketCancel, 0, id, account, &[body.as_bytes()]);
    }

    /// Opens an account in a currency (ISO 4217 number).
    pub fn account_open(&mut self, id: u128, account: u64, currency: u16) {
        let body = AccountOpen { currency: currency.into(), reserved: [0; 6] };
        self.push(Kind::AccountOpen, 0, id, account, &[body.as_bytes()]);
    }

    /// Brings money into an account.
    pub fn deposit(&mut self, id: u128, account: u64, amount: i64) {
        let body = Movement { amount: amount.into() };
        self.push(Kind::Deposit, 0, id, account, &[body.as_bytes()]);
    }

    /// Takes money out of an account.
    pub fn withdraw(&mut self, id: u128, account: u64, amount: i64) {
        let body = Movement { amount: amount.into() };
        self.push(Kind::Withdraw, 0, id, account, &[body.as_bytes()]);
    }

    /// Defines a version of a game.
    pub fn game_define(&mut self, id: u128, game: u64, define: &GameDefine, plays: &[Play]) {
        self.push(Kind::GameDefine, plays.len(), id, game, &[define.as_bytes(), plays.as_bytes()]);
    }

    /// Creates a draw.
    pub fn draw_create(&mut self, id: u128, book: u32, create: &DrawCreate) {
        self.push(Kind::DrawCreate, 0, id, book.into(), &[create.as_bytes()]);
    }

    /// Opens a draw now.
    pub fn draw_open(&mut self, id: u128, book: u32) {
        self.push(Kind::DrawOpen, 0, id, book.into(), &[]);
    }

    /// Closes a draw now.
    pub fn draw_close(&mut self, id: u128, book: u32) {
        self.push(Kind::DrawClose, 0, id, book.into(), &[]);
    }

    /// Gives a draw's result and starts its payouts.
    pub fn draw_settle(&mut self, id: u128, book: u32, number: u16) {
        let body = DrawSettle { number: number.into(), reserved: [0; 6] };
        self.push(Kind::DrawSettle, 0, id, book.into(), &[body.as_bytes()]);
    }

    /// Moves a limit of a draw.
    pub fn limit_set(&mut self, id: u128, book: u32, set: &LimitSet) {
        self.push(Kind::LimitSet, 0, id, book.into(), &[set.as_bytes()]);
    }

    /// Blocks or unblocks a number of a draw.
    pub fn number_block(&mut self, id: u128, book: u32, number: u16, blocked: bool) {
        let body = NumberBlock { number: number.into(), blocked: blocked.into(), reserved: [0; 5] };
        self.push(Kind::NumberBlock, 0, id, book.into(), &[body.as_bytes()]);
    }

    /// Begins a ledger: the first command of a log.
    pub fn genesis(&mut self, genesis: &Genesis) {
        self.push(Kind::Genesis, 0, 0, 0, &[genesis.as_bytes()]);
    }

    /// All commands as bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Forgets them all and keeps the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.count = 0;
    }

    fn push(&mut self, kind: Kind, count: usize, id: u128, owner: u64, body: &[&[u8]]) {
        let len = size_of::<Header>() + body.iter().map(|part| part.len()).sum::<usize>();
        let header = Header {
            len: u16::try_from(len).expect("a command's length fits its field").into(),
            kind: kind as u8,
            count: u8::try_from(count).expect("a command's count fits its field"),
            actor: 0.into(),
            channel: 0,
            reserved: [0; 3],
            terminal: 0.into(),
            id: id.into(),
            owner: owner.into(),
        };
        self.bytes.extend_from_slice(header.as_bytes());
        for part in body {
            self.bytes.extend_from_slice(part);
        }
        self.count += 1;
    }
}

impl Bet {
    /// A bet of `stake` minor units on `number`, by the play's code.
    pub fn new(book: u32, play: u8, number: u16, stake: i64) -> Bet {
        Bet { stake: stake.into(), book: book.into(), number: number.into(), play, reserved: 0 }
    }
}

impl Play {
    /// A play with prizes given as (orders of the number, numerator, denominator).
    ///
    /// # Panics
    /// With more than [`PLAY_PRIZES_MAX`] prizes.
    pub fn new(code: u8, matching: Matching, prizes: &[(u32, u64, u32)]) -> Play {
        let mut prize = [Prize::default(); PLAY_PRIZES_MAX];
        for (cell, &(orders, numerator, denominator)) in prize[..prizes.len()].iter_mut().zip(prizes) {
            *cell =
                Prize { orders: orders.into(), denominator: denominator.into(), numerator: numerator.into() };
        }
        Play { code, matching: matching as u8, prizes: prizes.len() as u8, reserved: [0; 5], prize }
    }
}
