//! What is remembered of ids, and for how long.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{Ask, Command, MS, Parameters, Reason, Refused, Scope};

/// No account has this number: it stands for all that are not open.
const NOBODY: Scope = Scope::Account(0);

/// The time in a UUIDv7, milliseconds since the Unix epoch.
pub(super) fn id_time(id: u128) -> u64 {
    (id >> 80) as u64
}

/// The ids that the ledger knows.
#[derive(Clone, Debug, Default)]
pub(super) struct Memory {
    known: BTreeMap<(Scope, u128), Known>,
    /// Refused ids and marks, the oldest first.
    ring: VecDeque<(Scope, u128)>,
    /// What a ring too small has cost its scopes, ms.
    floors: BTreeMap<Scope, u64>,
    /// Accounts that are open. Those that are not share one floor, and take it over when they are opened.
    opened: BTreeSet<Scope>,
}

/// A known id.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub what: What,
    /// The tick that decided it.
    pub tick: u64,
    /// When it is forgotten; `None`: it is a ticket's.
    until: Option<u64>,
}

#[derive(Clone, Debug)]
pub(super) enum What {
    /// A command and what became of it.
    Decided(Ask, Option<Refused>),
    /// A cancel came before its ticket.
    Mark,
}

impl Memory {
    pub fn find(&self, scope: Scope, id: u128) -> Option<&Known> {
        self.known.get(&(scope, id))
    }

    /// Ids known that are not tickets'.
    pub fn count(&self) -> u64 {
        self.known.values().filter(|known| known.until.is_some()).count() as u64
    }

    /// Whether an unknown id can still be carried out.
    pub fn check(&self, rules: &Parameters, time: u64, scope: Scope, id: u128) -> Result<(), Refused> {
        let floor = (time.saturating_sub(rules.id_window) / MS).max(self.floor(scope));
        let ahead = time / MS + rules.id_ahead / MS;
        if id_time(id) <= floor {
            return Err(Reason::IdExpired.whole(i128::from(floor) + 1));
        }
        if id_time(id) > ahead {
            return Err(Reason::IdAhead.whole(ahead.into()));
        }
        Ok(())
    }

    /// An account was opened.
    pub fn opened(&mut self, account: u64) {
        let floor = self.floor(NOBODY);
        self.opened.insert(Scope::Account(account));
        self.floors.insert(Scope::Account(account), floor);
    }

    fn floor(&self, scope: Scope) -> u64 {
        *self.floors.get(&self.holder(scope)).unwrap_or(&0)
    }

    /// Whose floor a scope has.
    fn holder(&self, scope: Scope) -> Scope {
        let is_unknown = matches!(scope, Scope::Account(_)) && !self.opened.contains(&scope);
        if is_unknown { NOBODY } else { scope }
    }

    /// Remembers what became of a command.
    pub fn decided(
        &mut self,
        rules: &Parameters,
        tick: u64,
        time: u64,
        command: &Command,
        refused: Option<Refused>,
    ) {
        let key = (command.scope(), command.id);
        let is_ticket = matches!(command.ask, Ask::Place { .. }) && refused.is_none();
        let until = (!is_ticket).then_some(time + rules.id_window + rules.id_ahead);
        if refused.is_some() {
            self.push(rules, key);
        }
        self.known.insert(key, Known { what: What::Decided(command.ask.clone(), refused), tick, until });
    }

    /// Remembers that a ticket was cancelled before it came.
    pub fn mark(&mut self, rules: &Parameters, tick: u64, time: u64, scope: Scope, ticket: u128) {
        let until = Some(time + rules.id_window + rules.id_ahead);
        self.push(rules, (scope, ticket));
        self.known.insert((scope, ticket), Known { what: What::Mark, tick, until });
    }

    /// What leaves the ring early must not come back: it raises its scope's floor to its time.
    fn push(&mut self, rules: &Parameters, key: (Scope, u128)) {
        // The ring is counted per partition, and which scopes share one is the engine's affair.
        if rules.partitions == 1 && self.ring.len() == rules.refused_ids_max as usize {
            let oldest = self.ring.pop_front().expect("a full ring has an oldest");
            self.known.remove(&oldest);
            let floor = self.floors.entry(self.holder(oldest.0)).or_insert(0);
            *floor = (*floor).max(id_time(oldest.1));
        }
        self.ring.push_back(key);
    }

    /// A ticket has left, and its id with it.
    pub fn depart(&mut self, scope: Scope, ticket: u128) {
        self.known.remove(&(scope, ticket));
    }

    /// Forgets what the window has passed.
    pub fn forget(&mut self, time: u64) {
        self.known.retain(|_, known| known.until.is_none_or(|until| time < until));
        let known = &self.known;
        self.ring.retain(|key| known.contains_key(key));
    }
}
