//! The words for what is done with an account's money.
//!
//! ```text
//! deposit  A1 10.00 ref 7 [dated S]            withdraw A1 10.00 ref 7 [dated S]          a date is the clock's unless it is said
//! transfer A1 A2 10.00
//! #h hold  A1 10.00 until S                    post A1 #h 5.00 | post A1 #h all           void A1 #h
//! suspend  A1      activate A1      close A1
//! credit   A1 50.00                            exclude A1 until S
//! cap      A1 deposit|stake|loss day|week|month 10.00|none
//! claim    A1 5.00                             forgive A1 5.00
//! wallet   A1      held A1 #h
//! ```

use engine::query::{Query, QueryKind};

use super::words::{seconds, signed_seconds};
use super::{Scenario, say};
use crate::bridge;
use crate::games::{money, whole};
use crate::model::{Act, Ask, Counted, MS, Reference, Rolling, Status, Window};
use crate::pair::START;

impl Scenario {
    /// What is asked about an account's money, if these words ask it.
    pub(super) fn wallet(&mut self, words: &[&str]) -> Option<Ask> {
        let [word, account, rest @ ..] = words else { return None };
        let account = account.strip_prefix('A').map(whole)?;
        let act = match (*word, rest) {
            ("deposit", [amount, "ref", rest @ ..]) => {
                Act::DepositBy { amount: money(amount), by: self.reference(rest) }
            }
            ("withdraw", [amount, "ref", rest @ ..]) => {
                Act::WithdrawBy { amount: money(amount), by: self.reference(rest) }
            }
            ("transfer", [to, amount]) => Act::Transfer { to: whole(&to[1..]), amount: money(amount) },
            ("hold", [amount, "until", second]) => {
                Act::PlaceHold { amount: money(amount), expires_at: START + seconds(second) }
            }
            ("post", [name, "all"]) => Act::PostHold { hold: self.id(name), amount: 0 },
            ("post", [name, amount]) => Act::PostHold { hold: self.id(name), amount: money(amount) },
            ("void", [name]) => Act::VoidHold { hold: self.id(name) },
            ("suspend", []) => Act::SetStatus { status: Status::Suspended },
            ("activate", []) => Act::SetStatus { status: Status::Active },
            ("close", []) => Act::SetStatus { status: Status::Closed },
            ("credit", [limit]) => Act::SetCredit { limit: money(limit) },
            ("exclude", ["until", second]) => Act::Exclude { until: START + seconds(second) },
            ("cap", [of, window, limit]) => {
                Act::SetLimit { of: Rolling { of: counted(of), window: back(window) }, limit: money(limit) }
            }
            ("claim", [amount]) => Act::Claim { amount: money(amount) },
            ("forgive", [amount]) => Act::WriteOff { amount: money(amount) },
            _ => return None,
        };
        Some(Ask::Wallet { account, act })
    }

    fn reference(&self, words: &[&str]) -> Reference {
        let (number, since) = match words {
            [number] => (number, self.clock.into()),
            [number, "dated", second] => (number, signed_seconds(second)),
            _ => panic!("a reference is N, or N dated S"),
        };
        Reference { number: whole(number), dated_ms: ((i128::from(START) + since) / i128::from(MS)) as u64 }
    }

    /// A read of an account's money: the engine's answer in words, on which the model agrees.
    pub(super) fn read_wallet(&mut self, words: &[&str]) -> String {
        let account = whole(&words[1][1..]);
        let name = words.get(2).map(|name| self.id(name));
        let pair = self.pair();
        let tick = pair.model.tick();
        match name {
            None => {
                let answer = pair.read(&Query::of(QueryKind::Account, account));
                let seen = bridge::account(&answer, tick, account);
                assert_eq!(seen, pair.model.account(account), "engine and model on {words:?}");
                seen.map_or_else(say::reason, |seen| say::wallet(&seen))
            }
            Some(id) => {
                let seen = bridge::hold(&pair.read(&Query::hold(account, id)), tick, id);
                assert_eq!(seen, pair.model.hold(account, id), "engine and model on {words:?}");
                seen.map_or_else(say::reason, |seen| say::hold(&seen))
            }
        }
    }
}

fn counted(word: &str) -> Counted {
    match word {
        "deposit" => Counted::Deposit,
        "stake" => Counted::Stake,
        "loss" => Counted::NetLoss,
        _ => panic!("no limit counts {word}"),
    }
}

fn back(word: &str) -> Window {
    match word {
        "day" => Window::Day,
        "week" => Window::Week,
        "month" => Window::Month,
        _ => panic!("no window is a {word}"),
    }
}
