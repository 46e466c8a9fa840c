/** Pairing by PIN: one that is made up, or one that the person has already given to the access point. */
import { useState } from "preact/hooks";
import { Dialog } from "../parts/dialog.tsx";
import { Field, Form } from "../parts/field.tsx";
import { isWholePin, pinFault } from "../parts/pin.ts";
import { t } from "../words/words.ts";

interface PinDialogProps {
  /** The page loses contact when it begins. */
  readonly overWifi: boolean;
  readonly onClose: () => void;
  readonly onStart: (body: object) => void;
}

export function PinDialog({ overWifi, onClose, onStart }: PinDialogProps) {
  const [pin, setPin] = useState("");
  const start = (body: object) => {
    onClose();
    onStart({ method: "pin", ...body });
  };
  return (
    <Dialog title={t("withPin")} onClose={onClose}>
      {overWifi && <p class="notice">{t("contactWillBreakWhy")}</p>}
      <p class="soft">{t("pinHow")}</p>
      {!overWifi && (
        <button type="button" class="primary wide" onClick={() => start({})}>
          {t("makePin")}
        </button>
      )}
      <hr />
      <Form onSubmit={() => isWholePin(pin) && start({ pin })}>
        <Field
          label={t("ownPin")}
          value={pin}
          onValue={setPin}
          inputMode="numeric"
          autocomplete="off"
          note={t("pinNote")}
          wrong={pinFault(pin)}
        />
        <div class="actions">
          <button type="button" class="quiet" onClick={onClose}>
            {t("cancel")}
          </button>
          <button type="submit" disabled={!isWholePin(pin)}>
            {t("start")}
          </button>
        </div>
      </Form>
    </Dialog>
  );
}
