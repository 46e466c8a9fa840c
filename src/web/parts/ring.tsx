/** A ring that empties with the time that is left. */

interface RingProps {
  /** What is left, 0 to 1; null: the ring rests. */
  readonly left: number | null;
}

const radius = 104;
const around = 2 * Math.PI * radius;

export function Ring({ left }: RingProps) {
  return (
    <svg class={`ring ${left === null ? "" : "running"}`} viewBox="0 0 220 220" aria-hidden="true" focusable="false">
      <circle class="track" cx="110" cy="110" r={radius} />
      {left !== null && (
        <circle
          class="left"
          cx="110"
          cy="110"
          r={radius}
          stroke-dasharray={around}
          stroke-dashoffset={around * (1 - left)}
          transform="rotate(-90 110 110)"
        />
      )}
    </svg>
  );
}
