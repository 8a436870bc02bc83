//! What the processor does in one instruction and the language cannot say; each with a portable twin.

/// Hints that the cache line of `value` will be read soon. Changes nothing that a program can see.
#[inline(always)]
pub(crate) fn prefetch<T>(value: &T) {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    // SAFETY: prefetching has no effect on memory, and the address is that of a live reference.
    unsafe {
        core::arch::x86_64::_mm_prefetch::<{ core::arch::x86_64::_MM_HINT_T0 }>(
            core::ptr::from_ref(value).cast(),
        );
    }
    #[cfg(not(all(target_arch = "x86_64", not(miri))))]
    let _ = value;
}

/// The places that hold `wanted`, a bit each.
#[inline(always)]
pub(crate) fn places_of(words: &[u32; 8], wanted: u32) -> u32 {
    #[cfg(all(target_arch = "x86_64", target_feature = "avx2", not(miri)))]
    // SAFETY: AVX2 is there (a target feature of this build), and the unaligned load reads the array's 32 bytes.
    unsafe {
        use core::arch::x86_64::*;
        let words = _mm256_loadu_si256(words.as_ptr().cast());
        let equal = _mm256_cmpeq_epi32(words, _mm256_set1_epi32(wanted as i32));
        _mm256_movemask_ps(_mm256_castsi256_ps(equal)) as u32
    }
    #[cfg(not(all(target_arch = "x86_64", target_feature = "avx2", not(miri))))]
    words.iter().enumerate().fold(0, |mask, (place, &word)| mask | (u32::from(word == wanted) << place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_bits() {
        assert_eq!(places_of(&[7, 0, 7, 3, 4, 5, 6, 7], 7), 0b1000_0101);
        assert_eq!(places_of(&[0, 1, 2, 3, 4, 5, 6, 7], 8), 0);
        assert_eq!(places_of(&[u32::MAX; 8], u32::MAX), 0xff);
    }
}
