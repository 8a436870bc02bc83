//! States by their numbers, for whoever reads views.

use super::{BetState, DrawState, HoldState, SealState};

impl DrawState {
    /// The state of this number, if there is one.
    pub fn from_code(code: u8) -> Option<DrawState> {
        Some(match code {
            1 => DrawState::Draft,
            2 => DrawState::Open,
            3 => DrawState::Closed,
            4 => DrawState::Settling,
            5 => DrawState::Settled,
            6 => DrawState::Suspended,
            7 => DrawState::Voiding,
            8 => DrawState::Void,
            9 => DrawState::Correcting,
            _ => return None,
        })
    }
}

impl BetState {
    /// The state of this number, if there is one.
    pub fn from_code(code: u8) -> Option<BetState> {
        Some(match code {
            1 => BetState::Open,
            2 => BetState::Cancelled,
            3 => BetState::Lost,
            4 => BetState::Won,
            5 => BetState::Paid,
            6 => BetState::Refunded,
            _ => return None,
        })
    }
}

impl HoldState {
    /// The state of this number, if there is one.
    pub fn from_code(code: u8) -> Option<HoldState> {
        Some(match code {
            1 => HoldState::Held,
            2 => HoldState::Posted,
            3 => HoldState::Voided,
            4 => HoldState::Expired,
            _ => return None,
        })
    }
}

impl SealState {
    /// The state of this number, if there is one.
    pub fn from_code(code: u8) -> Option<SealState> {
        Some(match code {
            0 => SealState::NotClosed,
            1 => SealState::UnderWay,
            2 => SealState::Sealed,
            _ => return None,
        })
    }
}
