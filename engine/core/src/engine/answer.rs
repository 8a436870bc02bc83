//! Point reads: what the ledger shows after its last tick.

mod agents;
mod pages;
mod statement;

use alloc::vec::Vec;

use zerocopy::little_endian::U16;
use zerocopy::{Immutable, IntoBytes};

use super::{Begun, Engine};
use crate::book::BetRow;
use crate::hash::account_partition;
use crate::query::*;
use crate::refusal::{ACCEPTED, Malformed, Refusal};

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
                begun.draw(query.book(), out).map_err(|refusal| refusal as u16)?;
            }
            QueryKind::Room => {
                let (home, slot) = begun.find_book(query.book()).map_err(|refusal| refusal as u16)?;
                let books = &begun.partitions[home].books;
                let game = &begun.games[books.row(slot).game as usize];
                let room = books.room(game, slot, query.play, query.number.get());
                put(out, &room.map_err(|refused| refused.reason as u16)?);
            }
            QueryKind::Ledger => put(out, &self.ledger_view(begun)),
            QueryKind::Hold => {
                put(out, &begun.hold_view(owner, query.id.get()).map_err(|refusal| refusal as u16)?);
            }
            QueryKind::Audit => return Err(Malformed::KindUnknown as u16),
            _ => return begun.page(kind, query, out),
        }
        Ok(0)
    }

    fn ledger_view(&self, begun: &Begun) -> LedgerView {
        let sum =
            |of: fn(&crate::partition::Partition) -> u64| begun.partitions.iter().map(of).sum::<u64>().into();
        let used: usize = begun.partitions.iter().map(|partition| partition.bytes()).sum();
        LedgerView {
            cluster: begun.genesis.cluster,
            time: self.time.into(),
            digest: self.digest().into(),
            accounts: sum(|partition| partition.accounts.count()),
            tickets: sum(|partition| partition.ids.ticket_count()),
            open_bets: sum(|partition| partition.books.open_bets()),
            used_bytes: ((used + begun.agents.bytes()) as u64).into(),
            remembered_ids: sum(|partition| partition.ids.remembered_count()),
        }
    }
}

fn put<T: IntoBytes + Immutable + ?Sized>(out: &mut Vec<u8>, view: &T) {
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
        let may_name = |is_zero: bool, kinds: &[QueryKind]| is_zero || kinds.contains(&kind);
        let is_clean = self.reserved.get() == 0
            && may_name(
                self.id.get() == 0,
                &[
                    QueryKind::Ticket,
                    QueryKind::Hold,
                    QueryKind::Tickets,
                    QueryKind::Winners,
                    QueryKind::Commissions,
                ],
            )
            && may_name(self.play == 0, &[QueryKind::Room, QueryKind::Tickets])
            && may_name(self.number.get() == 0, &[QueryKind::Room, QueryKind::Limits])
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
        let slot = home.accounts.find(self.key, account)?;
        let row = home.accounts.row(slot);
        Some(AccountView {
            account: row.id.into(),
            available: row.available.into(),
            held: row.held.into(),
            owed: row.owed.into(),
            credit_limit: row.credit_limit.into(),
            excluded_until: home.accounts.excluded_until(slot).into(),
            currency: row.currency.into(),
            status: row.status,
            reserved: 0,
            tickets: row.tickets.into(),
            holds: row.holds.into(),
            reserved_too: 0.into(),
            parent: self.agents.tree.parent(row.id).into(),
        })
    }

    fn hold_view(&self, account: u64, id: u128) -> Result<HoldView, Refusal> {
        let home = &self.partitions[account_partition(account, self.partitions.len())];
        let slot = home.accounts.find(self.key, account).ok_or(Refusal::AccountUnknown)?;
        let row = home.accounts.find_hold(slot, id, self.window.now).ok_or(Refusal::HoldUnknown)?;
        Ok(HoldView {
            id: row.id.into(),
            amount: row.amount.into(),
            posted: row.posted.into(),
            expires_at: row.expires_at.into(),
            state: row.state_at(self.window.now),
            reserved: [0; 7],
        })
    }

    fn ticket(&self, account: u64, id: u128, out: &mut Vec<u8>) -> Result<u8, Refusal> {
        let home = &self.partitions[account_partition(account, self.partitions.len())];
        let slot = home.accounts.find(self.key, account).ok_or(Refusal::AccountUnknown)?;
        let ticket = self.known_ticket(account, slot, id)?;
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
        let has_result = book.has_result();
        let (state, payout) = match row.state {
            BetRow::CANCELLED | BetRow::VOIDED => (BetState::Cancelled, 0),
            BetRow::REFUNDED => (BetState::Refunded, row.stake),
            _ if !has_result => (BetState::Open, 0),
            _ => {
                let result = books.result(books.book_of(bet));
                match game.winnings(play, row.number, row.stake, result.numbers()) {
                    None => (BetState::Lost, 0),
                    Some((prize, _)) if book.has_paid(row) => (BetState::Paid, prize),
                    Some((prize, _)) => (BetState::Won, prize),
                }
            }
        };
        BetView {
            stake: row.stake.into(),
            payout: payout.into(),
            book: book.id.into(),
            number: row.number.into(),
            play: game.plays()[play].code,
            state: state as u8,
        }
    }

    /// Appends a draw and its winning numbers.
    fn draw(&self, book: u32, out: &mut Vec<u8>) -> Result<(), Refusal> {
        let (home, slot) = self.find_book(book)?;
        let books = &self.partitions[home].books;
        let (row, tally, payout) = (books.row(slot), books.tally(slot), books.payout(slot));
        let seal = books.seal(slot);
        let game = &self.games[row.game as usize];
        let has_result = row.has_result();
        let numbers = if has_result { books.result(slot).numbers() } else { &[] };
        put(
            out,
            &DrawView {
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
                state: row.state,
                results: numbers.len() as u8,
                seal_state: seal.state,
                corrections: row.corrections,
                reserved: [0; 4],
                seal: seal.seal().unwrap_or_default(),
                sealed_bets: seal.bets.into(),
                sealed_stake: seal.stake.into(),
                worst_payout: seal.worst.into(),
                commission: books.commissions.head(slot).posted.into(),
                ended_at: row.ended_at.into(),
            },
        );
        let mut padded: Vec<U16> = numbers.iter().map(|&number| number.into()).collect();
        padded.resize(padded.len().next_multiple_of(4), 0.into());
        put(out, padded.as_slice());
        Ok(())
    }
}
