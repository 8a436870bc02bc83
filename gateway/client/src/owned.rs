//! Replies and answers that outlive the frame they came in.

use std::fmt;

use protocol::Code;
use protocol::pieces::Answer;
use protocol::query::{AnswerHeader, DrawView, QueryKind};
use protocol::refusal::ACCEPTED;
use protocol::reply::{NO_BET, REPEATED, Refused, Reply};
use zerocopy::little_endian::U16;
use zerocopy::{FromBytes, Immutable, KnownLayout};

/// What became of a command; see [`protocol::reply::ReplyHeader`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnedReply {
    /// 0: accepted; else a fault, an unavailability or a refusal.
    pub code: u16,
    /// [`REPEATED`] or 0.
    pub flags: u8,
    /// The bet that a refusal concerns, or [`protocol::reply::NO_BET`].
    pub bet: u8,
    /// The tick that decided it.
    pub tick: u64,
    /// The account's available balance after it, minor units.
    pub available: i64,
    /// Rooms, or what would have been acceptable.
    pub values: Vec<i64>,
}

/// The answer to a read; see [`AnswerHeader`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnedAnswer {
    /// The first 16 bytes.
    pub header: AnswerHeader,
    /// The view that the kind determines; empty unless the code is 0.
    pub body: Vec<u8>,
}

impl OwnedReply {
    /// Whether the command was carried out, now or the first time.
    pub fn is_accepted(&self) -> bool {
        self.code == ACCEPTED
    }

    /// What its code says.
    pub fn code(&self) -> Code {
        Code::of(self.code)
    }

    /// Whether the id had been seen before.
    pub fn is_repeated(&self) -> bool {
        self.flags & REPEATED != 0
    }

    /// The refusal, if it is one.
    pub fn refused(&self) -> Option<Refused> {
        let reason = protocol::refusal::Refusal::from_code(self.code)?;
        Some(Refused { reason, bet: self.bet, acceptable: self.values.first().copied().unwrap_or(0) })
    }
}

/// What became of it, for a person to read: `FundsShort (2700) at bet 0; acceptable: 500`.
impl fmt::Display for OwnedReply {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.code())?;
        if self.is_repeated() {
            write!(out, ", repeated")?;
        }
        if self.bet != NO_BET {
            write!(out, " at bet {}", self.bet)?;
        }
        match self.values.first() {
            Some(acceptable) if !self.is_accepted() => write!(out, "; acceptable: {acceptable}"),
            _ => Ok(()),
        }
    }
}

impl From<Reply<'_>> for OwnedReply {
    fn from(reply: Reply<'_>) -> OwnedReply {
        OwnedReply {
            code: reply.header.code.get(),
            flags: reply.header.flags,
            bet: reply.header.bet,
            tick: reply.header.tick.get(),
            available: reply.header.available.get(),
            values: reply.values.iter().map(|value| value.get()).collect(),
        }
    }
}

impl OwnedAnswer {
    /// What its code says.
    pub fn code(&self) -> Code {
        Code::of(self.header.code.get())
    }

    /// The view, if there is one of this shape; what follows a ticket's view is read with [`OwnedAnswer::rest`].
    pub fn view<T: FromBytes + KnownLayout + Immutable>(&self) -> Option<T> {
        T::read_from_prefix(&self.body).ok().map(|(view, _)| view)
    }

    /// What follows a view of this shape, as rows: the bets of a ticket, the lines of a page. For the winning numbers of a draw,
    /// which are padded, see [`OwnedAnswer::numbers`].
    pub fn rest<T, Row: FromBytes + Immutable + Copy>(&self) -> Option<Vec<Row>>
    where
        T: FromBytes + KnownLayout + Immutable,
    {
        let mut rest = self.body.get(size_of::<T>()..)?;
        let mut rows = Vec::new();
        while !rest.is_empty() {
            let (row, behind) = Row::read_from_prefix(rest).ok()?;
            rows.push(row);
            rest = behind;
        }
        Some(rows)
    }
}

impl OwnedAnswer {
    /// The winning numbers of a draw, without what pads them; `None` if this is no draw.
    pub fn numbers(&self) -> Option<Vec<u16>> {
        let draw: DrawView = self.view().filter(|_| self.header.kind == QueryKind::Draw as u8)?;
        let numbers = self.rest::<DrawView, U16>()?;
        Some(numbers.iter().take(draw.results.into()).map(|number| number.get()).collect())
    }
}

impl From<Answer<'_>> for OwnedAnswer {
    fn from(answer: Answer<'_>) -> OwnedAnswer {
        OwnedAnswer { header: *answer.header, body: answer.body.to_vec() }
    }
}
