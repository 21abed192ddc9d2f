import type { JSX } from "preact";
import type { Answer } from "../../samples/panel.ts";
import type { Sample } from "../../samples/samples.ts";
import { useCell, useShell } from "../shell.ts";
import { Plot } from "./plot.tsx";

/** One service: a button that calls it, what it answered, and its topic as a plot. */
export function SampleCard({ sample }: { readonly sample: Sample }): JSX.Element {
  const { services } = useShell();
  const answer = useCell(services.answers.at(sample.service));
  const series = useCell(services.series.at(sample.service));
  return (
    <section class="sample" aria-label={sample.title}>
      <header>
        <div class="who">
          <h3>{sample.title}</h3>
          <p class="about">{sample.about}</p>
        </div>
        <button type="button" class="small-button" disabled={answer.at === "asking"} onClick={() => void services.call(sample)}>
          {sample.action}
        </button>
      </header>
      <p class="answer" role="status">
        {answerWords(answer)}
      </p>
      <Plot series={series} label={`${sample.title}: ${sample.plot}`} />
    </section>
  );
}

function answerWords(answer: Answer): JSX.Element | string {
  switch (answer.at) {
    case "none":
      return "";
    case "asking":
      return "…";
    case "failed":
      return answer.why;
    case "answered":
      return (
        <>
          {answer.words} <span class="about">in {Math.max(1, Math.round(answer.ms))} ms</span>
        </>
      );
  }
}
