//! Codes of replies and answers by their names.

use std::fmt;

use crate::refusal::{ACCEPTED, Malformed, Refusal};
use crate::unavailable::Unavailable;

/// What the code of a reply or an answer says. Its text is the name and the number: `FundsShort (2700)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// Carried out, or answered.
    Accepted,
    /// A fault of form.
    Malformed(Malformed),
    /// Not taken: it may be sent again.
    Unavailable(Unavailable),
    /// Refused by the state that it met.
    Refusal(Refusal),
    /// None that this build knows.
    Unknown(u16),
}

impl Code {
    /// What this code says.
    pub fn of(code: u16) -> Code {
        if code == ACCEPTED {
            return Code::Accepted;
        }
        Malformed::from_code(code)
            .map(Code::Malformed)
            .or_else(|| Unavailable::from_code(code).map(Code::Unavailable))
            .or_else(|| Refusal::from_code(code).map(Code::Refusal))
            .unwrap_or(Code::Unknown(code))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Code::Accepted => write!(out, "accepted"),
            Code::Malformed(fault) => write!(out, "{fault:?} ({})", *fault as u16),
            Code::Unavailable(reason) => write!(out, "{reason:?} ({})", *reason as u16),
            Code::Refusal(refusal) => write!(out, "{refusal:?} ({})", *refusal as u16),
            Code::Unknown(code) => write!(out, "code {code}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_told_by_name_and_number() {
        let told = [0, 1, 51, 1245, 60].map(|code| Code::of(code).to_string());
        assert_eq!(told, ["accepted", "Length (1)", "LogFull (51)", "SealDiffers (1245)", "code 60"]);
    }
}
