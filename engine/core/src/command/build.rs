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

    /// Defines a version of a game.
    pub fn game_define(&mut self, id: u128, game: u64, define: &GameDefine, plays: &[PlayTable]) {
        let mut table = Vec::new();
        for play in plays {
            table.extend_from_slice(play.play.as_bytes());
            table.extend_from_slice(play.prizes.as_bytes());
        }
        self.push(Kind::GameDefine, plays.len(), id, game, &[define.as_bytes(), &table]);
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

    /// Gives a draw's result, its winning numbers in order, and starts its payouts. Quotes the draw's seal.
    pub fn draw_settle(&mut self, id: u128, book: u32, seal: [u8; 32], numbers: &[u16]) {
        self.push_result(Kind::DrawSettle, id, book, seal, numbers);
    }

    /// Gives a settled draw another result, in the place of the one it has. Quotes the draw's seal.
    pub fn draw_correct(&mut self, id: u128, book: u32, seal: [u8; 32], numbers: &[u16]) {
        self.push_result(Kind::DrawCorrect, id, book, seal, numbers);
    }

    /// Stops taking bets until the draw is resumed.
    pub fn draw_suspend(&mut self, id: u128, book: u32) {
        self.push(Kind::DrawSuspend, 0, id, book.into(), &[]);
    }

    /// Takes bets again on a suspended draw.
    pub fn draw_resume(&mut self, id: u128, book: u32) {
        self.push(Kind::DrawResume, 0, id, book.into(), &[]);
    }

    /// Ends a draw without a result and gives every stake back.
    pub fn draw_void(&mut self, id: u128, book: u32) {
        self.push(Kind::DrawVoid, 0, id, book.into(), &[]);
    }

    /// Cancels a ticket of an account as an operator, also past the cut-off.
    pub fn ticket_void(&mut self, id: u128, account: u64, ticket: u128) {
        let body = TicketCancel { ticket: ticket.into() };
        self.push(Kind::TicketVoid, 0, id, account, &[body.as_bytes()]);
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

    fn push_result(&mut self, kind: Kind, id: u128, book: u32, seal: [u8; 32], numbers: &[u16]) {
        let mut padded: Vec<U16> = numbers.iter().map(|&number| number.into()).collect();
        padded.resize(padded.len().next_multiple_of(4), 0.into());
        let result = DrawResult { seal };
        self.push(kind, numbers.len(), id, book.into(), &[result.as_bytes(), padded.as_bytes()]);
    }

    pub(super) fn push(&mut self, kind: Kind, count: usize, id: u128, owner: u64, body: &[&[u8]]) {
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

impl DrawCreate {
    /// A draw of version 1 of a game, without limits, opened by command only, and planned to settle when it closes. Clients may
    /// cancel, and one principal's result settles it. `plays` are the game's: only groups that have one take a limit.
    pub fn unlimited(game: u64, currency: u16, closes_at: u64, plays: &[PlayTable]) -> DrawCreate {
        let limit = |group: usize| match plays.iter().any(|table| usize::from(table.play.group) == group) {
            true => NO_LIMIT,
            false => 0,
        };
        DrawCreate {
            game: game.into(),
            opens_at: 0.into(),
            closes_at: closes_at.into(),
            settles_at: closes_at.into(),
            version: 1.into(),
            currency: currency.into(),
            cancellable: 1,
            confirmed: 0,
            reserved: [0; 2],
            payout_limit: NO_LIMIT.into(),
            draw_stake_limit: NO_LIMIT.into(),
            draw_payout_limit: NO_LIMIT.into(),
            stake_limit: core::array::from_fn(|group| limit(group).into()),
        }
    }
}

impl Bet {
    /// A bet of `stake` minor units on `number`, by the play's code.
    pub fn new(book: u32, play: u8, number: u16, stake: i64) -> Bet {
        Bet { stake: stake.into(), book: book.into(), number: number.into(), play, reserved: 0 }
    }
}

/// A play with its prizes, to define a game with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlayTable {
    /// The head; its `prizes` is their count.
    pub play: Play,
    /// The prizes, ascending by orders, tier and level.
    pub prizes: Vec<Prize>,
}

impl PlayTable {
    /// A play of one line, in group 0, without named positions.
    ///
    /// # Panics
    /// With more than 255 prizes, which the layout cannot say.
    pub fn new(code: u8, matching: Matching, prizes: Vec<Prize>) -> PlayTable {
        let count = u8::try_from(prizes.len()).expect("a play's count of prizes fits its field");
        let matching = matching as u8;
        let play = Play { code, matching, positions: 0, group: 0, lines: 1, prizes: count, reserved: [0; 2] };
        PlayTable { play, prizes }
    }

    /// The same in another group.
    pub fn group(mut self, group: u8) -> PlayTable {
        self.play.group = group;
        self
    }

    /// The same with named positions, a bit each, the lowest for the first.
    pub fn positions(mut self, positions: u8) -> PlayTable {
        self.play.positions = positions;
        self
    }

    /// The same buying so many lines a bet.
    pub fn lines(mut self, lines: u8) -> PlayTable {
        self.play.lines = lines;
        self
    }
}

impl Prize {
    /// A prize of `numerator / denominator` times the stake, for winning numbers of a tier met at a level.
    pub fn new(orders: u16, tier: u8, level: u8, numerator: u64, denominator: u32) -> Prize {
        let (orders, denominator, numerator) = (orders.into(), denominator.into(), numerator.into());
        Prize { orders, tier, level, denominator, numerator }
    }

    /// Prizes at tier and level 1, given as (orders of the number, numerator, denominator).
    pub fn by_orders(prizes: &[(u16, u64, u32)]) -> Vec<Prize> {
        let new = |&(orders, numerator, denominator)| Prize::new(orders, 1, 1, numerator, denominator);
        prizes.iter().map(new).collect()
    }
}

impl GameDefine {
    /// Version 1 of a game with one winning number, whose prizes are rounded down to the minor unit and not taxed.
    pub fn simple(symbols: u8, length: u8, stake_min: i64, stake_max: i64) -> GameDefine {
        let mut tier = [0; RESULTS_MAX];
        tier[0] = 1;
        GameDefine {
            version: 1.into(),
            symbols,
            length,
            results: 1,
            rounding: Rounding::Down as u8,
            reserved: 0.into(),
            stake_min: stake_min.into(),
            stake_max: stake_max.into(),
            rounding_unit: 1.into(),
            tax_over: 0.into(),
            tax_ppm: 0.into(),
            reserved2: 0.into(),
            tier,
        }
    }
}
