//! Point reads: what the ledger shows after its last tick.

use alloc::vec::Vec;

use zerocopy::{Immutable, IntoBytes};

use super::{Begun, Engine};
use crate::book::BetRow;
use crate::hash::account_partition;
use crate::ids::{Known, Scope};
use crate::query::*;
use crate::refusal::{ACCEPTED, Malformed, Refusal};
use crate::{command::Lane, game::Game};

impl Engine {
    /// Answers a read and appends the answer to `out`. An audit needs a cut: see [`Engine::cut`].
    pub fn answer(&self, query: &Query, out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(AnswerHeader::new(query.kind, self.tick).as_bytes());
        let (code, count) = match self.body(query, out) {
            Ok(count) => (ACCEPTED, count),
            Err(code) => {
                out.truncate(start + size_of::<AnswerHeader>());
                (code, 0)
            }
        };
        let header = AnswerHeader {
            len: ((out.len() - start) as u16).into(),
            code: code.into(),
            count,
            ..AnswerHeader::new(query.kind, self.tick)
        };
        out[start..start + size_of::<AnswerHeader>()].copy_from_slice(header.as_bytes());
    }

    /// Sizes of the ledger; `None` before genesis.
    pub fn sizes(&self) -> Option<LedgerView> {
        self.begun.as_ref().map(|begun| self.ledger_view(begun))
    }

    /// Appends the body of an answer. Returns the bets that follow it, or the code of what is wrong.
    fn body(&self, query: &Query, out: &mut Vec<u8>) -> Result<u8, u16> {
        let kind = query.checked().map_err(|fault| fault as u16)?;
        let begun = self.begun.as_ref().ok_or(Refusal::GenesisMisplaced as u16)?;
        let owner = query.owner.get();
        match kind {
            QueryKind::Account => put(out, &begun.account_view(owner).ok_or(Refusal::AccountUnknown as u16)?),
            QueryKind::Ticket => {
                return begun.ticket(owner, query.id.get(), out).map_err(|refusal| refusal as u16);
            }
            QueryKind::Draw => {
                put(out, &begun.draw_view(query.book()).ok_or(Refusal::DrawUnknown as u16)?);
            }
            QueryKind::Room => {
                let (home, slot) = begun.find_book(query.book()).ok_or(Refusal::DrawUnknown as u16)?;
                let books = &begun.partitions[home].books;
                let game = &begun.games[books.row(slot).game as usize];
                let room = books.room(game, slot, query.play, query.number.get());
                put(out, &room.map_err(|refused| refused.reason as u16)?);
            }
            QueryKind::Ledger => put(out, &self.ledger_view(begun)),
            QueryKind::Audit => return Err(Malformed::KindUnknown as u16),
        }
        Ok(0)
    }

    fn ledger_view(&self, begun: &Begun) -> LedgerView {
        let sum =
            |of: fn(&crate::partition::Partition) -> u64| begun.partitions.iter().map(of).sum::<u64>().into();
        LedgerView {
            cluster: begun.genesis.cluster,
            time: self.time.into(),
            digest: self.digest().into(),
            accounts: sum(|partition| partition.accounts.count()),
            tickets: sum(|partition| partition.ids.ticket_count()),
            open_bets: sum(|partition| partition.books.open_bets()),
            used_bytes: sum(|partition| partition.bytes() as u64),
            remembered_ids: sum(|partition| partition.ids.remembered_count()),
        }
    }
}

fn put<T: IntoBytes + Immutable>(out: &mut Vec<u8>, view: &T) {
    out.extend_from_slice(view.as_bytes());
}

impl AnswerHeader {
    fn new(kind: u8, tick: u64) -> AnswerHeader {
        AnswerHeader { len: 0.into(), code: 0.into(), kind, count: 0, reserved: [0; 2], tick: tick.into() }
    }

    /// The whole answer to an audit that was not begun.
    pub fn audit_busy(tick: u64) -> AnswerHeader {
        let len = size_of::<AnswerHeader>() as u16;
        let header = AnswerHeader::new(QueryKind::Audit as u8, tick);
        AnswerHeader { len: len.into(), code: AUDIT_BUSY.into(), ..header }
    }

    /// The header of an audit's answer at a tick.
    pub fn of_audit(tick: u64) -> AnswerHeader {
        let len = (size_of::<AnswerHeader>() + size_of::<AuditView>()) as u16;
        AnswerHeader { len: len.into(), ..AnswerHeader::new(QueryKind::Audit as u8, tick) }
    }
}

impl Query {
    /// The kind, if the form is right.
    ///
    /// # Errors
    /// [`Malformed::KindUnknown`], or [`Malformed::ReservedNotZero`] for a field that the kind does not name.
    pub fn checked(&self) -> Result<QueryKind, Malformed> {
        let kind = QueryKind::from_code(self.kind).ok_or(Malformed::KindUnknown)?;
        let is_clean = self.reserved.get() == 0
            && (kind == QueryKind::Ticket || self.id.get() == 0)
            && (kind == QueryKind::Room || (self.play == 0 && self.number.get() == 0))
            && (kind != QueryKind::Ledger || self.owner.get() == 0);
        if is_clean { Ok(kind) } else { Err(Malformed::ReservedNotZero) }
    }

    /// The owner as a book; one that is no book's number becomes 0, which none has.
    fn book(&self) -> u32 {
        u32::try_from(self.owner.get()).unwrap_or(0)
    }
}

impl Begun {
    fn account_view(&self, account: u64) -> Option<AccountView> {
        let home = &self.partitions[account_partition(account, self.partitions.len())];
        let row = home.accounts.row(home.accounts.find(self.key, account)?);
        Some(AccountView {
            account: row.id.into(),
            available: row.available.into(),
            held: row.held.into(),
            owed: row.owed.into(),
            currency: row.currency.into(),
            reserved: 0.into(),
            tickets: row.tickets.into(),
        })
    }

    fn ticket(&self, account: u64, id: u128, out: &mut Vec<u8>) -> Result<u8, Refusal> {
        let home = &self.partitions[account_partition(account, self.partitions.len())];
        let slot = home.accounts.find(self.key, account).ok_or(Refusal::AccountUnknown)?;
        let scope = Scope { lane: Lane::Bets, owner: account };
        let found = home.ids.find(scope.hash(self.key, id), scope, Some(slot), id, self.window.since);
        let Some(Known::Ticket(ticket)) = found else { return Err(Refusal::TicketUnknown) };
        let row = home.ids.ticket(ticket);
        put(
            out,
            &TicketView {
                id: row.id.into(),
                account: account.into(),
                accepted: row.tick().into(),
                cancelled: row.cancelled,
                reserved: [0; 7],
            },
        );
        for place in 0..row.bets {
            let (partition, bet) = home.ids.bet(row, place);
            put(out, &self.bet_view(partition, bet));
        }
        Ok(row.bets)
    }

    fn bet_view(&self, partition: usize, bet: u32) -> BetView {
        let books = &self.partitions[partition].books;
        let row = books.bet(bet);
        let book = books.row(books.book_of(bet));
        let game = &self.games[book.game as usize];
        let play = usize::from(row.play);
        let has_result = book.state >= DrawState::Settling as u8;
        let state = match row.state {
            BetRow::CANCELLED => BetState::Cancelled,
            BetRow::PAID => BetState::Paid,
            _ if !has_result => BetState::Open,
            _ if game.key(play, row.number) == game.key(play, book.result) => BetState::Won,
            _ => BetState::Lost,
        };
        let payout = match state {
            BetState::Won | BetState::Paid => payout(game, play, row),
            _ => 0,
        };
        BetView {
            stake: row.stake.into(),
            payout: payout.into(),
            book: book.id.into(),
            number: row.number.into(),
            play: game.row.play[play].code as u8,
            state: state as u8,
        }
    }

    fn draw_view(&self, book: u32) -> Option<DrawView> {
        let (home, slot) = self.find_book(book)?;
        let books = &self.partitions[home].books;
        let (row, tally, payout) = (books.row(slot), books.tally(slot), books.payout(slot));
        let game = &self.games[row.game as usize];
        let has_result = row.state >= DrawState::Settling as u8;
        Some(DrawView {
            game: game.row.game.into(),
            opens_at: row.opens_at.into(),
            closes_at: row.closes_at.into(),
            stake: if has_result { payout.stake } else { tally.escrow }.into(),
            escrow: tally.escrow.into(),
            paid: payout.paid.into(),
            bets: tally.bets.into(),
            winners: payout.winners.into(),
            winners_paid: payout.winners_paid.into(),
            book: row.id.into(),
            version: game.row.version.into(),
            currency: row.currency.into(),
            result: row.result.into(),
            state: row.state,
            reserved: [0; 5],
        })
    }
}

fn payout(game: &Game, play: usize, row: &BetRow) -> i64 {
    game.prize(play, row.number).map_or(0, |prize| prize.payout(row.stake))
}
