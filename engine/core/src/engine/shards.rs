//! A tick on several shards, with the result that one thread would have had.
//!
//! A tick is cut into *runs* and *fences*. A run holds tickets with ids that are new, deposits and withdrawals: commands
//! that can be decided by looking at one owner at a time. Everything else is a fence: what comes before it is finished,
//! it runs alone, and deciding starts anew behind it. Where the cuts lie depends on the commands and the state, never on
//! the number of shards, and leaves no trace in either.
//!
//! A run is *decided* without a write ([`votes`]): in each round every owner votes on its part of every command that is
//! undecided. All yes accepts, any no refuses; the first undecided command is always decided, and after
//! [`ROUNDS_MAX`] rounds one thread decides the rest in order. Then the run is *finished* ([`finish`]): the rows are
//! written, in index order in each partition, and each owner of a refused command states its first fault against the
//! state at that place.
//!
//! Deliberately absent: threads ([`Crew`] has them), and any rule that a ticket on one shard is not held to as well.

mod finish;
mod look;
pub(crate) mod pending;
mod quiet;
mod votes;

use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

use super::{Begun, Call, Directory, Outbox, Window};
use crate::agents::Agents;
use crate::command::{Bet, Genesis, Header, command_len};
use crate::crew::Crew;
use crate::game::Game;
use crate::hash::HashKey;
use crate::partition::Partition;
use finish::{Answers, Debited, Placed, finish};
use pending::{Changes, Names};
use quiet::Quiet;
use votes::{Known, NO, WAIT, YES};
use zerocopy::FromBytes;

/// Rounds of votes before one thread decides what is left.
const ROUNDS_MAX: usize = 4;
/// A shorter run is followed by [`ALONE_COMMANDS`] commands that one thread runs: fences lie too close together there.
const RUN_COMMANDS_MIN: usize = 64;
const ALONE_COMMANDS: usize = 256;

/// How runs were decided, since the engine was made. No part of the state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deciding {
    /// Runs that several shards decided together.
    pub runs: u64,
    /// Commands in them.
    pub commands: u64,
    /// Rounds of votes that these took.
    pub rounds: u64,
    /// Commands that one thread decided after the last round.
    pub decided_in_order: u64,
}

/// What every shard may read while a run is under way.
#[derive(Clone, Copy)]
struct Rules<'a> {
    key: HashKey,
    genesis: &'a Genesis,
    games: &'a [Game],
    directory: &'a Directory,
    agents: &'a Agents,
    window: Window,
    partitions: usize,
    shards: usize,
}

/// One shard's part in a run.
struct Side<'a, 't> {
    rules: Rules<'a>,
    partitions: &'a mut [Partition],
    /// Number of the first of them.
    first: usize,
    /// The commands whose account lies here, in order.
    calls: Vec<Owned<'t>>,
    /// The tickets with bets on books that lie here, in order, and these bets.
    tickets: Vec<Ticket<'t>>,
    bets: Vec<Located>,
    /// By command: this shard's vote, and the currency of the account if it lies here.
    votes: Vec<u8>,
    currencies: Vec<u16>,
    /// Commands before the first that cannot be part of a run, as far as this shard can tell.
    count: usize,
    /// What the commands before the one at hand have done to balances and to the sums of books.
    balances: Changes,
    sums: Changes,
    /// The ids and references of these commands.
    names: Names,
    quiet: Quiet,
    /// At most what all bets of the run on these books together add to any of their sums.
    heaviest: i64,
    /// The sums that the ticket at hand presses on, and by how much.
    pressed: Vec<(u64, i64)>,
    /// What each step of finishing gives to the next.
    debited: Debited,
    placed: Placed,
    answers: Answers,
}

/// A command of one of this shard's accounts.
struct Owned<'t> {
    index: u32,
    /// Place of its first bet among all bets of the run.
    first_bet: u32,
    /// Where it ends among the commands of the run.
    end: usize,
    /// What it adds to its account's balance.
    change: i64,
    call: Call<'t>,
}

/// A ticket with bets on this shard's books.
struct Ticket<'t> {
    index: u32,
    first_bet: u32,
    account: u64,
    bets: &'t [Bet],
    /// Its bets among `Side::bets`.
    own: Range<u32>,
}

/// A bet on one of this shard's books.
struct Located {
    /// Place in its ticket.
    place: u8,
    /// Partition of the book, counted from the shard's first.
    home: u8,
    /// Slot of the book; `None` if there is none of this number.
    slot: Option<u32>,
}

/// Commands one behind the other, up to the first whose length cannot be believed.
struct Walk<'t> {
    rest: &'t [u8],
}

impl<'t> Iterator for Walk<'t> {
    type Item = (&'t Header, &'t [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (command, rest) = self.rest.split_at(command_len(self.rest)?);
        let (header, body) = Header::ref_from_prefix(command).ok()?;
        self.rest = rest;
        Some((header, body))
    }
}

impl Rules<'_> {
    /// The partitions of a shard.
    fn range(&self, shard: usize) -> Range<usize> {
        shard * self.partitions / self.shards..(shard + 1) * self.partitions / self.shards
    }

    /// The shard of a partition.
    fn shard_of(&self, partition: usize) -> usize {
        // They are a power of two, and this is asked for every bet.
        ((partition + 1) * self.shards - 1) >> self.partitions.trailing_zeros()
    }
}

impl Side<'_, '_> {
    /// The numbers of its partitions.
    fn range(&self) -> Range<usize> {
        self.first..self.first + self.partitions.len()
    }

    /// Whether the call at `place` is the command at `index`.
    fn is_call(&self, place: usize, index: usize) -> bool {
        self.calls.get(place).is_some_and(|owned| owned.index as usize == index)
    }

    /// Whether the ticket at `place` is the command at `index`.
    fn is_ticket(&self, place: usize, index: usize) -> bool {
        self.tickets.get(place).is_some_and(|ticket| ticket.index as usize == index)
    }
}

impl Begun {
    /// Runs a tick's commands on the shards of a crew.
    pub(super) fn run_on<C: Crew>(&mut self, commands: &[u8], out: &mut Outbox, crew: &mut C) {
        let (mut rest, mut most) = (commands, usize::MAX);
        while !rest.is_empty() {
            let (count, bytes) = self.run_together(rest, most, out, crew);
            rest = &rest[bytes..];
            // Where fences cut runs short, what lies behind them is not looked at over and over.
            most = (4 * count).max(ALONE_COMMANDS);
            let alone = if count < RUN_COMMANDS_MIN { ALONE_COMMANDS } else { 1 };
            let fences = Walk { rest }
                .enumerate()
                .take_while(|(place, (header, _))| *place < alone || !look::is_shared(header.kind));
            let bytes: usize = fences.map(|(_, (header, _))| usize::from(header.len.get())).sum();
            // What does not even begin like a command ends the tick.
            let bytes = if bytes == 0 { rest.len() } else { bytes };
            self.run_all(&rest[..bytes], out);
            rest = &rest[bytes..];
        }
    }

    /// Decides and finishes the longest run of at most `most` commands that `commands` begin with. Returns how many it
    /// has, and their bytes.
    fn run_together<C: Crew>(
        &mut self,
        commands: &[u8],
        most: usize,
        out: &mut Outbox,
        crew: &mut C,
    ) -> (usize, usize) {
        out.begin_run();
        let rules = Rules {
            key: self.key,
            genesis: &self.genesis,
            games: &self.games,
            directory: &self.directory,
            agents: &self.agents,
            window: self.window,
            partitions: self.partitions.len(),
            shards: crew.shards(),
        };
        let mut sides = sides(rules, &mut self.partitions, &mut self.desks);
        crew.each(&mut sides, |_, side| side.look(commands, most));
        let count = sides.iter().map(|side| side.count).min().unwrap_or(0);
        sides.iter_mut().for_each(|side| side.cut(count));
        let bytes = sides.iter().filter_map(|side| side.calls.last()).map(|last| last.end).max();
        if count > 0 {
            let decided = decide(&mut sides, count, crew, &mut self.deciding);
            finish(&mut sides, &decided, out, crew);
        }
        self.desks.clear();
        let desk = |Side { balances, sums, names, .. }| Desk { balances, sums, names };
        self.desks.extend(sides.into_iter().map(desk));
        (count, bytes.unwrap_or(0))
    }
}

/// What a shard keeps between runs for its memory.
#[derive(Default)]
pub(super) struct Desk {
    balances: Changes,
    sums: Changes,
    names: Names,
}

/// Deals the partitions to the shards.
fn sides<'a, 't>(
    rules: Rules<'a>,
    mut partitions: &'a mut [Partition],
    desks: &mut Vec<Desk>,
) -> Vec<Side<'a, 't>> {
    desks.resize_with(rules.shards, Desk::default);
    let dealt = desks.drain(..).enumerate().map(|(shard, desk)| {
        let range = rules.range(shard);
        let (own, rest) = core::mem::take(&mut partitions).split_at_mut(range.len());
        partitions = rest;
        Side {
            rules,
            partitions: own,
            first: range.start,
            calls: Vec::new(),
            tickets: Vec::new(),
            bets: Vec::new(),
            votes: Vec::new(),
            currencies: Vec::new(),
            count: 0,
            balances: desk.balances,
            sums: desk.sums,
            names: desk.names,
            quiet: Quiet::new(),
            heaviest: 0,
            pressed: Vec::new(),
            debited: Debited::default(),
            placed: Placed::default(),
            answers: Answers::default(),
        }
    });
    dealt.collect()
}

/// A run that is decided.
struct Decided {
    /// By command: [`YES`] or [`NO`].
    fates: Vec<u8>,
    /// By command: the currency of its account; 0 if there is no such account.
    currencies: Vec<u16>,
    /// All bets of all its tickets.
    bets: usize,
}

/// Decides a run of `count` commands whose accounts have cast their first votes.
fn decide<C: Crew>(sides: &mut [Side<'_, '_>], count: usize, crew: &mut C, told: &mut Deciding) -> Decided {
    let mut accounts = vec![YES; count];
    let mut currencies = vec![0; count];
    for side in &*sides {
        lower(&mut accounts, &side.votes);
        currencies.iter_mut().zip(&side.currencies).for_each(|(all, one)| *all = (*all).max(*one));
    }
    let mut bets = 0;
    let mut fates = accounts.clone();
    for ticket in sides.iter().flat_map(|side| &side.tickets) {
        // A ticket waits for its books.
        let fate = &mut fates[ticket.index as usize];
        *fate = (*fate).min(WAIT);
        bets = bets.max(ticket.first_bet as usize + ticket.bets.len());
    }
    told.runs += 1;
    told.commands += count as u64;
    for round in 1.. {
        let known = Known { fates: &fates, accounts: &accounts, currencies: &currencies };
        crew.each(sides, |_, side| match round {
            1 => side.vote_books_first(known),
            _ => side.vote_again(known),
        });
        let mut votes = vec![YES; count];
        sides.iter().for_each(|side| lower(&mut votes, &side.votes));
        for (fate, vote) in fates.iter_mut().zip(votes) {
            *fate = if *fate == WAIT { vote } else { *fate };
        }
        told.rounds += 1;
        if !fates.contains(&WAIT) {
            break;
        }
        if round == ROUNDS_MAX {
            told.decided_in_order += fates.iter().filter(|fate| **fate == WAIT).count() as u64;
            decide_in_order(sides, &mut fates, &currencies);
            break;
        }
    }
    Decided { fates, currencies, bets }
}

/// Decides what no round of votes has, one command after the other: each then meets only what is certain.
fn decide_in_order(sides: &mut [Side<'_, '_>], fates: &mut [u8], currencies: &[u16]) {
    sides.iter_mut().for_each(Side::begin_count);
    let mut ahead = vec![(0, 0); sides.len()];
    for (index, fate) in fates.iter_mut().enumerate() {
        let is_decided = *fate != WAIT;
        let mut vote = if is_decided { *fate } else { YES };
        for (side, (call, ticket)) in sides.iter_mut().zip(&ahead) {
            if side.is_call(*call, index) && !is_decided {
                vote = vote.min(side.weigh_call(*call));
            }
            if side.is_ticket(*ticket, index) {
                side.pressed.clear();
                if vote != NO {
                    vote = vote.min(side.weigh_ticket(*ticket, currencies[index], is_decided));
                }
            }
        }
        assert_ne!(vote, WAIT, "behind certain commands every check is certain");
        *fate = vote;
        for (side, (call, ticket)) in sides.iter_mut().zip(&mut ahead) {
            if side.is_call(*call, index) {
                if vote == YES {
                    side.count_call(*call, true);
                }
                *call += 1;
            }
            if side.is_ticket(*ticket, index) {
                if vote == NO {
                    side.recount(false);
                }
                *ticket += 1;
            }
        }
    }
}

/// Lowers each vote to another's.
fn lower(votes: &mut [u8], others: &[u8]) {
    votes.iter_mut().zip(others).for_each(|(vote, other)| *vote = (*vote).min(*other));
}
