import { describe, expect, test } from 'vitest'
import { parseDuration, parseLifetime } from '../../runtime/config/duration.js'

describe('durations', () => {
  test.each([
    ['500ms', 500],
    ['90s', 90_000],
    ['5m', 300_000],
    ['1.5h', 5_400_000],
    ['7d', 604_800_000],
    ['2w', 1_209_600_000],
    ['1y', 31_557_600_000],
    ['0s', 0],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDuration(text)).toEqual({ ok: true, value: ms })
    expect(parseLifetime(text)).toEqual({ ok: true, value: { ms } })
  })

  test('a number needs a unit', () => {
    expect(parseDuration('7')).toEqual({ ok: false, problem: 'needs a unit: write 7s, 7m, 7h or 7d' })
    expect(parseLifetime('1.5')).toEqual({ ok: false, problem: 'needs a unit: write 1.5s, 1.5m, 1.5h or 1.5d' })
  })

  test('a negative duration is refused', () => {
    expect(parseDuration('-5m')).toEqual({ ok: false, problem: 'must not be negative' })
    expect(parseDuration('-5')).toEqual({ ok: false, problem: 'must not be negative' })
  })

  test('a duration longer than any date is refused', () => {
    const tooLong = { ok: false, problem: 'is longer than 270,000 years' }
    expect(parseDuration('300000y')).toEqual(tooLong)
    expect(parseDuration(`${'9'.repeat(400)}s`)).toEqual(tooLong)
    expect(parseDuration('270000y')).toMatchObject({ ok: true })
  })

  test.each([
    '',
    ' ',
    'd',
    '7D',
    '5M',
    '7 d',
    ' 7d',
    '7d ',
    '7days',
    '1e3s',
    '.5h',
    '5.h',
    '+5m',
    'Infinity',
    '1h30m',
    '７d',
  ])('%j is no duration', (text) => {
    expect(parseDuration(text)).toBeUndefined()
    expect(parseLifetime(text)).toBeUndefined()
  })
})

describe('instants', () => {
  test.each([
    ['2027-01-01', Date.UTC(2027, 0, 1)],
    ['2027-01-01T00:00Z', Date.UTC(2027, 0, 1)],
    ['2027-01-01T00:00+02:00', Date.UTC(2026, 11, 31, 22)],
    ['2027-01-01T00:00:30-05:30', Date.UTC(2027, 0, 1, 5, 30, 30)],
    ['2027-01-01T00:00:00.5Z', Date.UTC(2027, 0, 1) + 500],
    ['2028-02-29', Date.UTC(2028, 1, 29)],
  ])('%s is the same instant on every machine', (text, until) => {
    expect(parseLifetime(text)).toEqual({ ok: true, value: { until } })
  })

  test('a Date is the instant it holds', () => {
    expect(parseLifetime(new Date(42))).toEqual({ ok: true, value: { until: 42 } })
    expect(parseLifetime(new Date(Number.NaN))).toEqual({ ok: false, problem: 'holds no valid time' })
  })

  test('a local time without a zone is refused with the reason', () => {
    expect(parseLifetime('2027-01-01T00:00')).toEqual({
      ok: false,
      problem:
        'needs a time zone, or it means another instant on each machine: write 2027-01-01T00:00Z or 2027-01-01T00:00+02:00',
    })
  })

  test.each([
    '2027-02-29',
    '2027-02-30T00:00Z',
    '2027-13-01',
    '2027-01-01T24:00Z',
    '2027-01-01T12:60Z',
    '2027-01-01T00:00+24:00',
  ])('%s, which is on no calendar, is refused instead of moved', (text) => {
    expect(parseLifetime(text)).toEqual({ ok: false, problem: 'does not exist' })
  })

  test.each([
    '2027',
    '2027-01',
    '2027-1-1',
    '01.01.2027',
    '2027-01-01 00:00Z',
    '2027-01-01T00Z',
    '2027-01-01T00:00z',
    'tomorrow',
  ])('%j is no instant', (text) => {
    expect(parseLifetime(text)?.ok ?? false).toBe(false)
  })
})
