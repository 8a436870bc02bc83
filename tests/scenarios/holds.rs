//! Holds: placed, posted, voided, expired, forgotten.

use tests::table::check;

#[test]
fn a_hold_is_posted_whole_or_in_part_and_the_rest_is_released() {
    check(
        "hold     A1 1.00 until 9                            -> AccountUnknown
         account  A1
         deposit  A1 10.00
         #h hold  A1 6.00 until 9                            -> done 4.00
         #h hold  A1 6.00 until 9                            -> again done 4.00
         #h hold  A1 5.00 until 9                            -> IdReused
         hold     A1 4.01 until 9                            -> FundsShort 4.00
         #i hold  A1 4.00 until 9                            -> done 0.00
         wallet   A1                                         -> 0.00 held 10.00 in 2
         held     A1 #h                                      -> 6.00 until 9
         withdraw A1 0.01                                    -> FundsShort 0.00
         post     A1 #h 6.01                                 -> HoldExceeded 6.00
         post     A1 #h 3.50                                 -> done 2.50
         held     A1 #h                                      -> posted 3.50 of 6.00
         post     A1 #i all                                  -> done 2.50
         held     A1 #i                                      -> posted 4.00 of 4.00
         audit                                               -> in 10.00 out 7.50 accounts 2.50 escrow 0.00 house 0.00",
    );
}

#[test]
fn a_hold_ends_once() {
    check(
        "account  A1
         account  A2
         deposit  A1 10.00
         #h hold  A1 3.00 until 9
         #i hold  A1 3.00 until 9
         post     A2 #h all                                  -> HoldUnknown
         void     A2 #h                                      -> HoldUnknown
         void     A1 #none                                   -> HoldUnknown
         void     A9 #h                                      -> AccountUnknown
         post     A9 #h all                                  -> AccountUnknown
         held     A2 #h                                      -> HoldUnknown
         held     A9 #h                                      -> AccountUnknown
         void     A1 #h                                      -> done 7.00
         + void   A1 #h                                      -> HoldFinished
         + post   A1 #h all                                  -> HoldFinished
         #p post  A1 #i all                                  -> done 7.00
         + #p post A1 #i all                                 -> again done 7.00
         + post   A1 #i 99.00                                -> HoldFinished
         + void   A1 #i                                      -> HoldFinished
         held     A1 #h                                      -> voided 3.00
         // Past its time it is still what it became.
         at 9
         void     A1 #h                                      -> HoldFinished
         held     A1 #i                                      -> posted 3.00 of 3.00
         balance  A1                                         -> 7.00",
    );
}

#[test]
fn a_hold_expires_at_its_time() {
    check(
        "account  A1
         deposit  A1 10.00
         at 5
         hold     A1 1.00 until 5                            -> HoldExpired 5
         hold     A1 99.00 until 4                           -> HoldExpired 5
         #h hold  A1 6.00 until 9                            -> done 4.00
         #i hold  A1 4.00 until 9                            -> done 0.00
         at 8.999999999
         post     A1 #i 1.00                                 -> done 3.00
         post     A1 #h all                                  -> HoldExpired 9
         + void   A1 #h                                      -> HoldExpired 9
         + post   A1 #h 99.00                                -> HoldExpired 9
         + withdraw A1 9.00                                  -> done 0.00
         held     A1 #h                                      -> expired 6.00 at 9
         wallet   A1                                         -> 0.00",
    );
}

#[test]
fn a_hold_that_ended_is_known_for_as_long_as_ids_are() {
    check(
        "ledger   window 60 ahead 10 partitions 1 holds 2
         account  A1
         deposit  A1 10.00
         #h hold  A1 1.00 until 20
         #i hold  A1 1.00 until 200
         hold     A1 1.00 until 9                            -> CapacityReached 2
         hold     A1 8.01 until 9                            -> FundsShort 8.00
         at 10
         void     A1 #i
         hold     A1 1.00 until 19                           -> CapacityReached 2
         at 69.999999998
         void     A1 #i                                      -> HoldFinished
         at 70
         void     A1 #i                                      -> HoldUnknown
         held     A1 #i                                      -> HoldUnknown
         #j hold  A1 1.00 until 1000                         -> done 9.00
         at 79.999999999
         void     A1 #h                                      -> HoldExpired 79.999
         at 80
         void     A1 #h                                      -> HoldUnknown
         // One that stands is known however long.
         at 999.999999999
         tick
         held     A1 #j                                      -> 1.00 until 1000
         at 1000
         void     A1 #j                                      -> HoldExpired 1000
         balance  A1                                         -> 10.00",
    );
}

#[test]
fn many_holds_expire_at_once() {
    let holds = "hold A1 0.01 until 9\nhold A2 0.01 until 9\n".repeat(600);
    check(&format!(
        "account  A1
         account  A2
         deposit  A1 6.00
         deposit  A2 6.00
         {holds}
         wallet   A1                                         -> 0.00 held 6.00 in 600
         at 9
         withdraw A1 6.00                                    -> done 0.00
         withdraw A2 6.00                                    -> done 0.00"
    ));
}

#[test]
fn a_holds_id_is_no_tickets() {
    check(
        "account  A1
         deposit  A1 10.00
         #h hold  A1 1.00 until 9
         cancel   A1 #h                                      -> TicketUnknown
         ticket   A1 #h                                      -> TicketUnknown
         #d deposit A1 1.00
         post     A1 #d all                                  -> HoldUnknown
         // A cancel of an id that never came refuses a hold of this name, too.
         cancel   A1 #x                                      -> done 10.00
         #x hold  A1 1.00 until 9                            -> TicketCancelled",
    );
}
