//! `tote quarantine`: a command of the log shown and set aside, while the node is stopped.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use host::quarantine::{Outcome, QuarantineError, Record, Target, find, list, set_aside};
use protocol::command::CommandName;
use tracing::error;

/// Sets a command of the log aside, so that starts replay the log as if it had been refused. The node has to be
/// stopped. Without --by and --because, shows the command and changes nothing.
#[derive(Args, Clone, Debug)]
pub struct QuarantineOptions {
    /// The node's data directory.
    #[arg(value_name = "DIR")]
    data: PathBuf,
    /// Number of the command's tick.
    #[arg(long, value_name = "N", requires = "command", required_unless_present = "list")]
    tick: Option<u64>,
    /// Its place in the tick, from 0.
    #[arg(long, value_name = "I", requires = "tick")]
    command: Option<u32>,
    /// Who sets it aside: up to 64 bytes, kept in the log.
    #[arg(long, value_name = "WHO", requires_all = ["because", "command"])]
    by: Option<String>,
    /// Why: up to 256 bytes, kept in the log.
    #[arg(long, value_name = "WHY", requires_all = ["by", "command"])]
    because: Option<String>,
    /// Lists what is set aside.
    #[arg(long, conflicts_with_all = ["tick", "command", "by", "because"])]
    list: bool,
}

/// Does what is asked.
pub fn run(options: &QuarantineOptions) -> ExitCode {
    match answer(options) {
        Ok(text) => {
            // Whoever closes standard output early has seen enough.
            let _ = std::io::stdout().lock().write_all(text.as_bytes());
            ExitCode::SUCCESS
        }
        Err(error) => {
            let status = error.exit_status();
            error!(status, "{:#}", anyhow::Error::new(error));
            ExitCode::from(status)
        }
    }
}

fn answer(options: &QuarantineOptions) -> Result<String, QuarantineError> {
    let log = options.data.join("log");
    let (Some(tick), Some(index)) = (options.tick, options.command) else {
        return Ok(listed(&list(&log)?));
    };
    let name = CommandName { tick, index };
    let (Some(who), Some(why)) = (&options.by, &options.because) else {
        let (target, record) = find(&log, name)?;
        let state = match record {
            Some(record) => aside(&record),
            None => "not set aside; --by and --because would do so\n".to_owned(),
        };
        return Ok(told(&target) + &state);
    };
    set(&log, name, who, why)
}

fn set(log: &Path, name: CommandName, who: &str, why: &str) -> Result<String, QuarantineError> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos() as u64;
    Ok(match set_aside(log, name, (who, why), now)? {
        Outcome::Known(target, record) => told(&target) + "nothing was added: it is " + &aside(&record),
        Outcome::Recorded(target, record) => {
            let mut text = told(&target) + &aside(&record);
            if target.ticks_behind > 0 {
                let _ = writeln!(
                    text,
                    "{} ticks lie behind it: what they did that rested on it will come out otherwise",
                    target.ticks_behind
                );
            }
            text
        }
    })
}

fn told(target: &Target) -> String {
    let Target { name: CommandName { tick, index }, kind, owner, id, actor, of, .. } = target;
    format!(
        "tick {tick}, command {index} of {of} (from 0): {kind:?}, owner {owner}, id {}, actor {actor}\n",
        uuid(*id)
    )
}

fn aside(record: &Record) -> String {
    format!("set aside by tick {}, by {}, because: {}\n", record.recorded, record.who, record.why)
}

fn listed(records: &[Record]) -> String {
    let line = |record: &Record| {
        let CommandName { tick, index } = record.name;
        format!("tick {tick}, command {index}: at {} {}", stamp(record.time), aside(record))
    };
    records.iter().map(line).collect()
}

/// A time as RFC 3339 has it, in whole seconds of UTC.
fn stamp(time_ns: u64) -> String {
    let seconds = time_ns / 1_000_000_000;
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = date(days);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Year, month and day of a day counted from 1970, by counting months from March, so that a leap day ends its year.
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

/// An id as text: 8, 4, 4, 4 and 12 digits.
fn uuid(id: u128) -> String {
    let digits = format!("{id:032x}");
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_as_dates() {
        let at = |seconds: u64| stamp(seconds * 1_000_000_000);
        assert_eq!(at(0), "1970-01-01T00:00:00Z");
        assert_eq!(at(951_782_399), "2000-02-28T23:59:59Z");
        assert_eq!(at(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(at(1_735_689_599), "2024-12-31T23:59:59Z");
        assert_eq!(at(4_107_542_400), "2100-03-01T00:00:00Z");
    }

    #[test]
    fn ids_are_shown_as_clients_write_them() {
        assert_eq!(uuid(0x019a_a0f1_5c00_7abc_8def_0123_4567_89ab), "019aa0f1-5c00-7abc-8def-0123456789ab");
    }
}
