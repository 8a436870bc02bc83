//! The words for trees of accounts, principals and commission.
//!
//! ```text
//! account   A2 [840] below A1      place A2 below A1      place A2 alone
//! principal 7 for A1               principal 7 for all
//! share     A1 5.5% [from S] [until S]
//! posted    D1                     A1 0.50 (5% of 10.00), A2 0.20 (2% of 10.00 by A1)     `taken back` where it is reversed
//! shares    A1                     5% from 0 until 9, 7% from 3
//! ```

use engine::query::{Query, QueryKind};

use super::words::seconds;
use super::{Scenario, say};
use crate::games::{decimal, whole};
use crate::model::{Act, Ask, CommissionLine, MS, Period};
use crate::pair::START;

impl Scenario {
    /// What is asked about who sells, if these words ask it.
    pub(super) fn agents(&self, words: &[&str]) -> Option<Ask> {
        let account = |name: &str| whole(&name[1..]);
        Some(match words {
            ["account", name, rest @ ..] => {
                let (currency, rest) = match rest {
                    [currency, rest @ ..] if *currency != "below" => (whole(currency), rest),
                    rest => (super::words::PHP, rest),
                };
                let parent = match rest {
                    ["below", parent] => account(parent),
                    [] => 0,
                    _ => panic!("an account is A1 [CURRENCY] [below A2]"),
                };
                Ask::OpenAccount { account: account(name), currency, parent }
            }
            ["place", name, "below", parent] => {
                Ask::Wallet { account: account(name), act: Act::SetParent { parent: account(parent) } }
            }
            ["place", name, "alone"] => {
                Ask::Wallet { account: account(name), act: Act::SetParent { parent: 0 } }
            }
            ["principal", principal, "for", "all"] => {
                Ask::SetPrincipal { principal: whole(principal), account: 0 }
            }
            ["principal", principal, "for", name] => {
                Ask::SetPrincipal { principal: whole(principal), account: account(name) }
            }
            ["share", name, rate, rest @ ..] => {
                let act = Act::SetCommission(period(rate, rest));
                Ask::Wallet { account: account(name), act }
            }
            _ => return None,
        })
    }

    /// A read of commission: the engine's answer in words, on which the model agrees.
    pub(super) fn read_agents(&mut self, words: &[&str]) -> String {
        let pair = self.pair();
        match words {
            ["posted", draw] => {
                let book: u32 = whole(&draw[1..]);
                pair.compare_commissions(book);
                let lines = pair.model.commissions_page(book, 0);
                lines.map_or_else(say::reason, |page| {
                    let lines: Vec<String> = page.rows.iter().map(line).collect();
                    if lines.is_empty() { "nothing".to_owned() } else { lines.join(", ") }
                })
            }
            ["shares", name] => {
                let account = whole(&name[1..]);
                pair.compare_periods(account);
                let periods = pair.model.periods(account);
                periods.map_or_else(say::reason, |periods| {
                    let periods: Vec<String> = periods.iter().map(said).collect();
                    if periods.is_empty() { "nothing".to_owned() } else { periods.join(", ") }
                })
            }
            ["sealed" | "ended", draw] => {
                let book: u32 = whole(&draw[1..]);
                let answer = pair.read(&Query::of(QueryKind::Draw, book.into()));
                let seen = crate::bridge::draw(&answer, pair.model.tick());
                assert_eq!(seen, pair.model.draw(book), "engine and model on {words:?}");
                let say = if words[0] == "sealed" { say::sealed } else { say::ended };
                seen.map_or_else(say::reason, |seen| say(&seen))
            }
            _ => panic!("no such read: {}", words.join(" ")),
        }
    }
}

fn period(rate: &str, words: &[&str]) -> Period {
    let ppm = decimal(rate.strip_suffix('%').expect("a rate is N%"), 4);
    let mut period = Period { ppm: ppm as u32, from: START, until: 0 };
    for pair in words.chunks(2) {
        match pair {
            ["from", second] => period.from = START + seconds(second),
            ["until", second] => period.until = START + seconds(second),
            _ => panic!("a share is RATE% [from S] [until S]"),
        }
    }
    period
}

fn rate(ppm: u32) -> String {
    let text = format!("{}.{:04}", ppm / 10_000, ppm % 10_000);
    format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
}

fn line(line: &CommissionLine) -> String {
    let by = if line.agent == line.account { String::new() } else { format!(" by A{}", line.agent) };
    let back = if line.reversed { " taken back" } else { "" };
    let (amount, stake) = (say::money(line.amount), say::money(line.stake));
    format!("A{} {amount} ({} of {stake}{by}){back}", line.account, rate(line.ppm))
}

fn said(period: &Period) -> String {
    let second = |ns: u64| super::second((ns / MS) as i64);
    let until = if period.until == 0 { String::new() } else { format!(" until {}", second(period.until)) };
    format!("{} from {}{until}", rate(period.ppm), second(period.from))
}
